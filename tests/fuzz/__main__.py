"""Fuzzing: of the parsers, guided by coverage, and of the running service, by Schemathesis; one or all.

    python -m tests.fuzz [TARGET …] [--seconds N]

Ends with a status other than 0 where a parser raises what it must not, with the input, in `.cache/fuzz/`; or where the
service gives an answer that it must not give, with the operation.
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
#: The target that is no parser.
SERVICE = "schemathesis"
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
        prog="python -m tests.fuzz", description="Fuzz the parsers of what comes from outside, and the service."
    )
    known = [*TARGETS, SERVICE]
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    given = parser.parse_args()
    if unknown := set(given.targets) - set(known):
        parser.error(f"no target {', '.join(sorted(unknown))}: choose from {', '.join(known)}")
    if len(given.targets) == 1 and given.targets[0] in TARGETS:
        fuzz(given.targets[0], given.seconds)
    # Each in a process of its own: the fuzzer ends the one that it runs in, and the service is not slowed down by it.
    failed = [
        each
        for each in given.targets or known
        if subprocess.run([*_command(each), "--seconds", str(given.seconds)], check=False).returncode
    ]
    if failed:
        sys.stderr.write(f"found something in: {', '.join(failed)}; the inputs of parsers are in {FOLDER}\n")
    return 1 if failed else 0


def _command(target: str) -> list[str]:
    module = ["tests.fuzz.service"] if target == SERVICE else ["tests.fuzz", target]
    return [sys.executable, "-m", *module]


if __name__ == "__main__":
    sys.exit(main())
