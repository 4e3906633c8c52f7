"""`python -m server.cli`: the program `vitrine`."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType


def _end(number: int, frame: FrameType | None) -> None:
    """Ends the process while the libraries load, which takes a second: nothing has begun, and no traceback helps.

    To stop the service is what its operator wants; any other command was cut off.
    """
    os._exit(0 if sys.argv[1:2] == ["run"] else 128 + number)


for _signal in (signal.SIGINT, signal.SIGTERM):
    signal.signal(_signal, _end)

from server.cli.program import main  # noqa: E402

main()
