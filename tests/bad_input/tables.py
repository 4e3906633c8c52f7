"""The whole table, by area."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bad_input import (
    bodies,
    connections,
    credentials,
    crowds,
    documents,
    http,
    ids,
    mutations,
    pages,
    persisted,
    reports,
    times,
)
from tests.bad_input.rows import Row

TABLES: Mapping[str, tuple[Row, ...]] = {
    "shape of an id": ids.SHAPES,
    "id of what is not there": ids.ABSENT,
    "id of a person": ids.PEOPLE,
    "key": ids.KEYS,
    "first": pages.FIRST,
    "cursor": pages.CURSORS,
    "form of a time": times.FORMS,
    "time": times.PLACES,
    "credential": credentials.HEADERS,
    "token": credentials.TOKENS,
    "line": reports.LINES,
    "field of a line": reports.FIELDS,
    "time of a line": reports.TIMES,
    "line at the door": reports.DOOR,
    "flood of lines": reports.FLOODS,
    "syntax of a document": documents.SYNTAX,
    "meaning of a document": documents.MEANING,
    "limit of a document": documents.LIMITS,
    "variable": documents.VARIABLES,
    "decision": mutations.DECISIONS,
    "report": mutations.REPORTS,
    "draft": mutations.DRAFTS,
    "publishing": mutations.PUBLISHING,
    "body": bodies.BODIES,
    "size of a body": bodies.SIZES,
    "content": bodies.CONTENTS,
    "method": http.METHODS,
    "address": http.TARGETS,
    "head of a request": http.HEADS,
    "half a request": http.HALVES,
    "requests on one connection": connections.PIPELINES,
    "request in a request": connections.SMUGGLING,
    "chunk": connections.CHUNKS,
    "persisted document": persisted.IDS,
    "no persisted document": persisted.TEXTS,
    "rate": crowds.RATES,
    "overload": crowds.OVERLOADS,
}
