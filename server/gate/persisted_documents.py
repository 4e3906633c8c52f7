"""The documents that front ends were built with: the company's own, and the pages of this service.

Where the company names a manifest of theirs, people and nobody run nothing else but these and those of the pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphql import GraphQLError, OperationDefinitionNode, parse

from graph.errors import InvalidSettings
from server.gate.refusals import Refusal, RefusalCode
from server.operation import Operation
from server.viewer import Scope, Viewer

PREFIX = "sha256:"
_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_MACHINES = frozenset({Scope.SERVICE, Scope.JOB})

Check = Callable[[str], Sequence[str]]
"""What is wrong with a document, for whoever is not staff."""


@dataclass(frozen=True, slots=True)
class PersistedDocuments:
    """`documents`: text by id, without the prefix `sha256:`. `is_closed`: whether people and nobody run no other."""

    documents: Mapping[str, str] = field(default_factory=dict)
    is_closed: bool = False

    def find(self, operation: Operation, viewer: Viewer) -> str:
        """The document to run. An id counts more than a text that comes with it, which is how clients that register
        their documents send both. Raises Refusal."""
        if operation.document_id is not None:
            found = self.documents.get(operation.document_id.removeprefix(PREFIX))
            if found is not None:
                return found
        if operation.document is not None and (not self.is_closed or _may_run_any(viewer)):
            return operation.document
        if not self.is_closed:
            raise Refusal(
                RefusalCode.PERSISTED_QUERY_NOT_SUPPORTED,
                "No document with this hash is known here: send the text of the operation as `query`, or, where the "
                "pages were built anew, start the service again",
            )
        if operation.document_id is not None:
            raise Refusal(
                RefusalCode.PERSISTED_QUERY_NOT_FOUND,
                "No persisted document has this id: build the manifest that VITRINE_PERSISTED_DOCUMENTS names anew",
            )
        raise Refusal(
            RefusalCode.DOCUMENT_NOT_ALLOWED,
            "Only persisted documents are run here: send the id of one as `documentId`, and no `query`",
        )

    @property
    def operation_names(self) -> frozenset[str]:
        """Of all operations in the manifest that have a name."""
        return frozenset(name for text in self.documents.values() for name in _names_in(text))

    @property
    def names_by_text(self) -> dict[str, str]:
        """The name of each document's operation, where it has one: graphql-codegen puts fragments before it."""
        return {text: names[0] for text in self.documents.values() if (names := _names_in(text))}


def _names_in(document: str) -> list[str]:
    return [
        each.name.value
        for each in parse(document, no_location=True).definitions
        if isinstance(each, OperationDefinitionNode) and each.name is not None
    ]


def _may_run_any(viewer: Viewer) -> bool:
    """Staff, and machines: their programs are not built with the front end, and their tokens do nothing for people."""
    return viewer.is_staff or (bool(viewer.scopes & _MACHINES) and Scope.SUBJECT not in viewer.scopes)


def load_persisted_documents(file: Path | None, check: Check, *, of_pages: Path | None = None) -> PersistedDocuments:
    """Those of a manifest as the client preset of graphql-codegen writes it: one JSON object, text by hash; and those
    of the pages, where these are built.

    Raises InvalidSettings with all problems, one a line.
    """
    documents: dict[str, str] = {}
    problems: list[str] = []
    if file is not None:
        documents, found = _checked(file, check)
        problems += [f"VITRINE_PERSISTED_DOCUMENTS: {file}: {problem}" for problem in found]
    if of_pages is not None and of_pages.is_file():
        theirs, found = _checked(of_pages, check)
        documents |= theirs
        if found:
            # They are of another version: to list what all of them lack helps nobody.
            problems.append(f"VITRINE_WEB_DIR: {of_pages}: {found[0]}: build the pages anew with `make web`")
    if problems:
        raise InvalidSettings("\n".join(problems))
    return PersistedDocuments(documents, is_closed=file is not None)


def _checked(file: Path, check: Check) -> tuple[dict[str, str], list[str]]:
    documents, problems = _read(file)
    for id, text in documents.items():
        problems += [f"{id}: {problem}" for problem in check(text)]
    return documents, problems


def _read(file: Path) -> tuple[dict[str, str], list[str]]:
    try:
        value = json.loads(file.read_text("utf-8"))
    except OSError as error:
        return {}, [f"cannot be read ({error.strerror}): name the persisted-documents.json of the front end's build"]
    except (ValueError, RecursionError):
        return {}, ["is not JSON: name the persisted-documents.json of the front end's build"]
    if not isinstance(value, dict) or not value:
        return {}, ["has no documents: it is one JSON object with the text of each document by its hash"]
    documents: dict[str, str] = {}
    problems: list[str] = []
    for key, text in value.items():
        id = key.removeprefix(PREFIX)
        if not _ID.fullmatch(id):
            problems.append(f"{key[:128]!r} is no hash: it has 1 to 128 letters, digits, dashes, dots or underscores")
        elif not isinstance(text, str):
            problems.append(f"{key}: is not a text: it is the document as clients would send it")
        elif documents.setdefault(id, text) != text:
            problems.append(f"{key}: stands there twice, with different texts")
    return documents, problems


def document_problems(errors: Sequence[GraphQLError]) -> list[str]:
    """Errors of a document as lines of the manifest's problems."""
    return [
        f"line {error.locations[0].line}: {error.message}" if error.locations else error.message for error in errors
    ]
