"""Records of small maps, some of whose texts are meant to be taken for something else."""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st

from graph.data_map import DataMap
from graph.model import RevisionContent
from seed.folder import read_revision
from server.records.composition import compose
from server.records.document import Document, RecordOf
from tests.builders import a_category, a_map, a_policy, a_purpose, a_recipient, a_retention_rule, a_revision, a_service
from tests.server.api import SEED

LINKS = "https://privacy.example"
_STARTS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "''",
    ";=1",
    ',"=1',
    '";=1',
    "＝1",
    "<r>",
    "_x0041_",
)
_ENDS = ("</r>", "=cmd|' /C calc'!A0", "https://evil.example", "</style><script>", "{{ 1 }}", "&amp;", "\ufffe", "\x07")

#: Texts that a program may take for a formula, a link or markup; none is blank.
hostile_texts: st.SearchStrategy[str] = st.builds(
    "{}{}{}".format, st.sampled_from(("", *_STARTS)), st.text(max_size=8), st.sampled_from(("", *_ENDS))
).filter(str.strip)


@functools.cache
def first_policy() -> DataMap:
    content = read_revision(SEED)
    return DataMap(a_revision(), content.policy, content.elements)


def a_document(of: RecordOf = RecordOf.CONTROLLER, *, revision: Any = None, **over: Any) -> Document:
    return document_of(RevisionContent(a_policy(), a_map(**over), "en", "The first policy."), of, revision)


def document_of(content: RevisionContent, of: RecordOf = RecordOf.CONTROLLER, revision: Any = None) -> Document:
    return compose(DataMap(revision or a_revision(), content.policy, content.elements), of, LINKS)


@st.composite
def hostile_documents(draw: st.DrawFn) -> Document:
    return a_document(
        draw(st.sampled_from(RecordOf)),
        services=(a_service(name=draw(hostile_texts)),),
        data_categories=(a_category(name=draw(hostile_texts)),),
        purposes=(a_purpose(name=draw(hostile_texts), description=draw(hostile_texts)),),
        recipients=(a_recipient(name=draw(hostile_texts), function=draw(hostile_texts)),),
        retention_rules=(a_retention_rule(criterion=draw(hostile_texts)),),
    )
