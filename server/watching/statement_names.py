"""The names of statements, found from their texts: what `graph.store` calls them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import graph.store
from graph.engines.neo4j import CHECK

#: A text that is no constant of the store: a migration's, or one that a test made up.
UNKNOWN = "other"

_CONSTANT = re.compile(r"^([A-Z][A-Z0-9_]*)(?:: [^=\n]+)? = ", re.MULTILINE)


def statement_name(text: str) -> str:
    """Such as `subjects.FIND_SUBJECT`: the module in `graph.store` and the constant; `other` for any other text."""
    return statement_names().get(text, UNKNOWN)


@cache
def statement_names() -> Mapping[str, str]:
    """All statements of the store by their texts. Made once in a process, from modules that are loaded anyway."""
    names = {CHECK: "database.CHECK"}
    for each in pkgutil.walk_packages(graph.store.__path__, "graph.store."):
        module = importlib.import_module(each.name)
        assert module.__file__ is not None
        # Read from the source, because a module also has the constants that it imports.
        for constant in _CONSTANT.findall(Path(module.__file__).read_text("utf-8")):
            value = getattr(module, constant, None)
            if isinstance(value, str) and " " in value:
                names.setdefault(value, f"{each.name.removeprefix('graph.store.')}.{constant}")
    return MappingProxyType(names)
