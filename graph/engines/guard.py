"""Become another program, which the kernel kills as soon as its parent ends, however that ends.

Run as a script: `python guard.py PARENT PROGRAM ARGUMENT…`, PARENT being the process id of the parent. It is a
program of its own because Python code must not run between fork and exec in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    # A parent that ended before the line above is not noticed by the kernel any more.
    if os.getppid() != parent:
        sys.exit("the parent process has ended")
    os.execv(command[0], command)  # noqa: S606 - the command comes from the parent as a list


if __name__ == "__main__":
    main()
