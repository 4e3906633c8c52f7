"""What the embedded engine prints, and what can be told from it."""

from __future__ import annotations

from pathlib import Path

# The JVM says this of a start that failed; the process may live on without serving.
_START_FAILED = 'Exception in thread "main"'
# The engine would go on with no types at all: what is stored could no longer be found.
_SCHEMA_LOST = "The schema will be reset"
_CAUSED_BY = "Caused by: "
_NOISE = ("WARNING:", "Error: Could not create", "Error: A fatal exception", "Error occurred during init")


class EngineLog:
    """The file of one run, and the file of the run before it beside it, as `<name>.1`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rotate(self) -> None:
        """Make room for a new run. Raises OSError."""
        if self.path.exists():
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))

    def start_failed(self) -> bool:
        return _START_FAILED in self._text()

    def schema_lost(self) -> bool:
        return _SCHEMA_LOST in self._text()

    def cause(self) -> str:
        """The line that says most about a failure, cut to 300 characters."""
        # Lines of a stack trace are indented.
        lines = [line.strip() for line in self._text().splitlines() if line[:1].strip()]
        thrown = [line for line in lines if line.startswith(_CAUSED_BY) or _START_FAILED in line]
        said = thrown or [line for line in lines if not line.startswith(_NOISE)]
        return said[-1].removeprefix(_CAUSED_BY)[:300] if said else "no reason given"

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
