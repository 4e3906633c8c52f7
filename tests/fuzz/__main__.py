"""Fuzzing, guided by coverage, of one parser or of all in turn.

    python -m tests.fuzz [TARGET …] [--seconds N]

Ends with a status other than 0 and the input, in `.cache/fuzz/`, where a parser raises what it must not.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["graph", "server"]):
    from tests.fuzz.targets import SEEDS, TARGETS

FOLDER = Path(".cache/fuzz")
#: The longest line, and half of the longest name in JSON with room.
INPUT_BYTES_AT_MOST = 70_000


def fuzz(target: str, seconds: int) -> None:
    """Never returns: the fuzzer ends the process."""
    corpus = FOLDER / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_AT_MOST}", "-timeout=10", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={FOLDER}/{target}-", str(corpus)], TARGETS[target])
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzz the parsers of what comes from outside."
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    given = parser.parse_args()
    if unknown := set(given.targets) - TARGETS.keys():
        parser.error(f"no target {', '.join(sorted(unknown))}: choose from {', '.join(TARGETS)}")
    if len(given.targets) == 1:
        fuzz(given.targets[0], given.seconds)
    # Each in a process of its own: the fuzzer ends the one that it runs in.
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(given.seconds)]
    failed = [each for each in given.targets or TARGETS if subprocess.run([*command, each], check=False).returncode]
    if failed:
        sys.stderr.write(f"found something in: {', '.join(failed)}; the inputs are in {FOLDER}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
