"""What a request's address is called in figures, traces and logs: its route, for a client writes anything into it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.routing import compile_path

OTHER = "other"


class Endpoints:
    """`templates`: the paths of all routes, such as `/policy/{number}`."""

    def __init__(self, templates: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for template in templates:
            pattern, _, parameters = compile_path(template)
            if parameters:
                self._patterns.append((pattern, template))
            else:
                self._exact.add(template)

    def name(self, path: str) -> str:
        """The template that a path is of, or `other`."""
        if path in self._exact:
            return path
        return next((template for pattern, template in self._patterns if pattern.match(path)), OTHER)
