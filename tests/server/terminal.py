"""The program `vitrine` in this process, which starts in no time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli.program import execute


class Terminal:
    """Runs commands, and keeps what the last one said."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.out = self.err = ""

    def run(self, *arguments: str | Path) -> int:
        self._capture.readouterr()
        code = execute([str(argument) for argument in arguments])
        self.out, self.err = self._capture.readouterr()
        return code

    def json(self) -> Any:
        return json.loads(self.out)
