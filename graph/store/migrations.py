"""Constraints and indexes, applied once each and recorded in the graph.

A file `NNNN_name.cypher` holds statements that end in `;` at the end of a line; every one of them may be run again. A
file `NNNN_name.arcadedb.cypher` is for the embedded engine alone. Files are applied in the order of their names and
are never edited once they have been: what is to change later is a new file. What no statement can do at once, for it
takes as long as the graph is large, is a function in `FILLS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, cast

from graph.errors import GraphFault
from graph.store.database import Database, Transaction
from graph.store.reach_keys import fill_reach_keys

FOLDER = Path(__file__).parent.parent / "migrations"
EMBEDDED_SUFFIX = ".arcadedb.cypher"

#: What is to be done to the rows that are there already, after a migration's statements. Each goes through them page by
#: page, and may be done again from its beginning where it was cut off, and by two processes at once.
FILLS: Mapping[str, Callable[[Database], Awaitable[None]]] = {"0005_reach.cypher": fill_reach_keys}


@dataclass(frozen=True, slots=True)
class Migration:
    """`name` is the file's; `checksum` is SHA-256 of its text, in hexadecimal."""

    name: str
    checksum: str
    statements: tuple[LiteralString, ...]


def read_migrations(folder: Path, *, embedded: bool) -> tuple[Migration, ...]:
    """Those for one kind of engine, in order."""
    files = sorted(file for file in folder.glob("*.cypher") if embedded or not file.name.endswith(EMBEDDED_SUFFIX))
    return tuple(_read(file) for file in files)


def _read(file: Path) -> Migration:
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    statements = tuple(part.strip() for part in "\n".join(lines).split(";\n") if part.strip(" ;\n"))
    # The files are part of the program, as literal as any text in it.
    literal = cast(tuple[LiteralString, ...], tuple(part.rstrip(";") for part in statements))
    return Migration(file.name, hashlib.sha256(text.encode()).hexdigest(), literal)


LIST_APPLIED = """
MATCH (m:Migration)
RETURN m.name AS name, m.checksum AS checksum
"""
RECORD_APPLIED = """
MERGE (m:Migration {name: $name})
SET m.checksum = $checksum
"""
CREATE_MIGRATION_KEY = """
CREATE CONSTRAINT migration_name IF NOT EXISTS FOR (n:Migration) REQUIRE n.name IS UNIQUE
"""


async def migrate(database: Database, folder: Path = FOLDER) -> list[str]:
    """Applies what this graph does not have yet and returns the names of it, in order.

    Two processes may do so at once. Raises GraphFault if a file that was applied has been edited since.
    """
    applied = {record["name"]: record["checksum"] for record in await database.read(LIST_APPLIED)}
    new: list[str] = []
    for migration in read_migrations(folder, embedded=await database.is_embedded()):
        known = applied.get(migration.name)
        if known is None:
            for statement in migration.statements:
                await database.run_schema(statement)
            # Before anything is recorded, or two processes record it twice; and after the first file, which tells the
            # embedded engine the type of a name.
            await database.run_schema(CREATE_MIGRATION_KEY)
            if migration.name in FILLS:
                await FILLS[migration.name](database)
            await _record(database, migration)
            new.append(migration.name)
        elif known != migration.checksum:
            raise GraphFault(
                f"Migration {migration.name} was edited after it was applied: restore it, and add a new one"
            )
    return new


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How a graph's schema differs from this program's, by the names of migrations.

    `missing`: not applied yet. `edited`: applied with another text. `unknown`: applied by a program that has more.
    """

    missing: tuple[str, ...]
    edited: tuple[str, ...]
    unknown: tuple[str, ...]


async def compare_schema(database: Database, folder: Path = FOLDER) -> SchemaState:
    """Looks at what is applied, with one statement, and changes nothing. Raises GraphUnavailable or GraphFault."""
    applied = {record["name"]: record["checksum"] for record in await database.read(LIST_APPLIED)}
    ours = {each.name: each.checksum for each in read_migrations(folder, embedded=await database.is_embedded())}
    return SchemaState(
        missing=tuple(name for name in ours if name not in applied),
        edited=tuple(name for name, checksum in ours.items() if applied.get(name, checksum) != checksum),
        unknown=tuple(sorted(applied.keys() - ours.keys())),
    )


async def _record(database: Database, migration: Migration) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(RECORD_APPLIED, name=migration.name, checksum=migration.checksum)

    await database.write(work)
