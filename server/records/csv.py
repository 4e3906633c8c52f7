"""A record as one table of comma-separated values (RFC 4180), in UTF-8 with a byte order mark, by which Excel knows it.

What stands at the head of the record stands in each row, and so does how many rows there are: a file that was cut
shows it. Lines of a cell are lines in it.
"""

from __future__ import annotations

import csv
import io
import re

from server.records.document import NO_CLAUSE, Document
from server.records.scribe import citation

# Where a program begins a cell: at the beginning, and, if it takes another character than the comma for what separates
# cells, as Excel does in many countries, also behind that and in the next line, whatever the quotes say. An apostrophe
# there makes a text of what would be a formula; so that it can be taken away again, one that is there gets another.
_FORMULA = re.compile("(\\A|[,;\t\r\n])(?='*[\" \u00a0]*[=+\\-@＝＋－＠\t\r\n])")


def record_csv(document: Document) -> bytes:
    """The same bytes for the same document."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    head = [cell.lines for _, cell in document.head]
    count = len(document.rows.rows)
    titles = ["Row", *(each.head for each in document.rows.columns), "Clauses of the policy"]
    writer.writerow([harmless(each) for each in (*titles, *(column.head for column, _ in document.head))])
    for number, row in enumerate(document.rows.rows, 1):
        clauses = [citation(each) for each in row.clauses] or [NO_CLAUSE]
        cells = [(f"{number} of {count}",), *(each.lines for each in row.cells), clauses, *head]
        writer.writerow([harmless("\n".join(each)) for each in cells])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """The text, with an apostrophe wherever a spreadsheet could take it for the beginning of a formula."""
    return _FORMULA.sub("\\1'", text)
