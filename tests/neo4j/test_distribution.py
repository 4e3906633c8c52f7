"""What Maven brings for the tests is what was brought when its hashes were written down."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from graph.errors import EngineFailure
from tests.neo4j.distribution import JAR_HASHES, POM, check_jars


def test_every_jar_of_the_neo4j_server_is_pinned_with_its_hash() -> None:
    lines = JAR_HASHES.read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w.-]+\.jar", line) for line in lines)
    (version,) = re.findall(r"<neo4j.version>(.+)</neo4j.version>", POM.read_text("utf-8"))
    assert {f"neo4j-{version}.jar", f"neo4j-server-{version}.jar"} <= {line.split()[1] for line in lines}


def test_a_jar_that_is_not_the_one_is_refused(tmp_path: Path) -> None:
    jars, hashes = tmp_path / "jars", tmp_path / "jars.sha256"
    jars.mkdir()
    (jars / "a.jar").write_bytes(b"a")
    hashes.write_text(f"{hashlib.sha256(b'a').hexdigest()}  a.jar\n")
    check_jars(jars, hashes)
    for name, content in (("a.jar", b"b"), ("b.jar", b"b")):
        (jars / name).write_bytes(content)
        with pytest.raises(EngineFailure, match=name):
            check_jars(jars, hashes)
        (jars / name).unlink()
    with pytest.raises(EngineFailure, match=r"a\.jar"):
        check_jars(jars, hashes)
