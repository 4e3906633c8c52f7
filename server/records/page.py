"""A record as a page to be read and printed, whole by itself: nothing in it runs, and nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from graph.model import Clause
from server.policy_html import ANCHOR, clause_html
from server.records.document import NO_CLAUSE, Document, Table

_FOLDER = Path(__file__).parent


def record_page(document: Document) -> bytes:
    """The same bytes for the same document."""
    return _template().render(document=document).encode()


def page_policy() -> str:
    """The content security policy that lets the page have its own style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return (_FOLDER / "page.css").read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals = {
        "anchor": ANCHOR,
        "groups_of": _groups,
        "html_of": _html_of,
        "no_clause": NO_CLAUSE,
        "style": Markup(_style()),  # noqa: S704 # it is ours
    }
    return environment.get_template("page.html")


def _groups(table: Table) -> list[list[int]]:
    """The places of the columns, those that are joined together."""
    groups: list[list[int]] = []
    for place, column in enumerate(table.columns):
        if column.joined:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _html_of(clause: Clause) -> Markup:
    return Markup(clause_html(clause))  # noqa: S704 # it is sanitised
