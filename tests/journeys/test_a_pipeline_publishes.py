"""A company's pipeline publishes what was merged, by the scripts of docs/publishing.md as they stand there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from server.settings import ROOT
from tests.journeys.vitrine import Caller, Vitrine
from tests.patience import PATIENCE_SECONDS

SEED = ROOT / "seed/ispsystem"
_SCRIPT = re.compile(r"```sh\n# (?P<name>[a-z-]+\.sh)\n(?P<body>.*?)```", re.DOTALL)


def test_a_pipeline_reviews_drafts_and_publishes(vitrine: Vitrine) -> None:
    with vitrine.served() as service:
        vitrine.load_examples()
        pipeline = Pipeline(vitrine)
        a_proposal_is_reviewed_without_a_graph(pipeline)
        what_was_merged_is_drafted_and_counted(pipeline)
        what_was_approved_is_published_and_told(pipeline)
        the_same_job_can_be_run_again(pipeline)
        a_pipeline_elsewhere_asks_over_graphql(pipeline, service)


class Pipeline:
    """A checkout with two folders of the policy, and the scripts."""

    def __init__(self, vitrine: Vitrine) -> None:
        self._vitrine = vitrine
        self._scripts = dict(_SCRIPT.findall((ROOT / "docs/publishing.md").read_text("utf-8")))
        self.folder = vitrine.folder / "checkout"
        self.folder.mkdir()
        (self.folder / "vitrine").symlink_to(ROOT / "vitrine")
        self.day = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
        shutil.copytree(SEED / "2018-11-12", self.folder / "policy/2018-11-12")
        shutil.copytree(SEED / "example-revision", self.folder / f"policy/{self.day}")

    def run(self, script: str, more: Mapping[str, str] | None = None, *, graph: bool = True) -> str:
        """What a script prints. `graph`: whether it is told where that is."""
        known = self._vitrine.environment
        if not graph:
            known = {name: text for name, text in known.items() if not name.startswith("VITRINE_GRAPH_")}
        folders = {"LAST": "policy/2018-11-12", "NEXT": f"policy/{self.day}"}
        done = subprocess.run(
            ["bash", "-eu", "-c", self._scripts[script]],
            cwd=self.folder,
            env={**known, **folders, **(more or {})},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text("utf-8"))


def a_proposal_is_reviewed_without_a_graph(pipeline: Pipeline) -> None:
    said = pipeline.run("review.sh", graph=False)
    assert "recipient/example-analytics/added" in said
    assert pipeline.read("changes.json")["highest_impact"] == "DIRECT"


def what_was_merged_is_drafted_and_counted(pipeline: Pipeline) -> None:
    assert "7 people are affected by revision 2, compared with revision 1" in pipeline.run("draft.sh")
    assert (pipeline.read("draft.json")["state"], pipeline.read("reach.json")["subjects"]) == ("DRAFT", 7)


def what_was_approved_is_published_and_told(pipeline: Pipeline) -> None:
    assert f"Published revision 2, in force from {pipeline.day}" in pipeline.run("publish.sh")
    (report,) = pipeline.read("report.json")["revisions"]
    assert (report["settled"], report["deliveries"]) == (True, {"ACCOUNT_AREA": {"SENT": 7}})


def the_same_job_can_be_run_again(pipeline: Pipeline) -> None:
    before = pipeline.read("report.json")
    pipeline.run("publish.sh")
    assert pipeline.read("report.json") == before


def a_pipeline_elsewhere_asks_over_graphql(pipeline: Pipeline, service: Caller) -> None:
    token = service.credential(staff="pipeline")["Authorization"].removeprefix("Bearer ")
    url = str(service.client.base_url).rstrip("/")
    found = json.loads(pipeline.run("over-graphql.sh", {"SERVICE_URL": url, "TOKEN": token}, graph=False))
    drafted = found["data"]["draftRevision"]
    assert (drafted["__typename"], drafted["revision"]["number"]) == ("DraftRevisionSuccess", 3)
