"""`vitrine records`: the record of processing activities of a revision, as a file."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.data_map import DataMap
from graph.store.database import Database
from graph.store.revisions import HIGHEST_NUMBER, load_data_map
from server.cli.connection import read_settings, with_database
from server.cli.output import complain, counted, say
from server.cli.whole_file import whole_file
from server.records.document import RecordOf
from server.records.forms import RecordForm, write_record


def records(
    number: Annotated[int, typer.Argument(help="The revision's number; a draft will do.", min=1, max=HIGHEST_NUMBER)],
    file: Annotated[str, typer.Argument(help="Where to write it; - for standard output.", metavar="FILE|-")],
    of: Annotated[
        RecordOf, typer.Option("--of", help="The controller's own, or that of its processors.")
    ] = RecordOf.CONTROLLER,
    form: Annotated[RecordForm, typer.Option("--as", help="What kind of file.")] = RecordForm.XLSX,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the record of processing activities of a revision (GDPR Art. 30).

    It is the same file for the same revision. Exit code 0: it is written, whatever of it is not stated; 1: there is no
    such revision; 3: the graph is not available.
    """
    links = read_settings().links
    with whole_file(file, force=force) as stream:

        async def work(database: Database) -> DataMap:
            return await load_data_map(database, number)

        document, content = write_record(with_database(work, existing=True), of, form, links)
        stream.write(content)
    tell = complain if file == "-" else say
    missing = len(document.missing.rows)
    tell(f"{counted(len(document.rows.rows), 'row')}; {missing:,} that Art. 30 asks for and the map does not state")
