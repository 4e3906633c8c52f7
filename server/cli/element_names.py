"""Elements as commands name them: `recipient/mailer`, as the keys of changes and findings do."""

from __future__ import annotations

from collections.abc import Mapping

from graph.element_names import element_name
from graph.errors import InvalidInput, quoted
from graph.model import ElementKind, ElementName

_KINDS: Mapping[str, ElementKind] = {element_name(kind, "").removesuffix("/"): kind for kind in ElementKind}


def written(name: ElementName) -> str:
    return element_name(name.kind, name.key)


def read_element_name(text: str) -> ElementName:
    """Raises InvalidInput."""
    kind, slash, key = text.partition("/")
    if not slash or kind not in _KINDS:
        raise InvalidInput(
            f"{quoted(text)} names no element: write its kind and its key, such as service/shop; kinds are "
            + ", ".join(_KINDS)
        )
    return ElementName(_KINDS[kind], key)
