"""`GET /records/{number}.{form}`: the record of processing activities of a revision (GDPR Art. 30), for staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from graph.errors import InvalidInput, quoted
from graph.store.data_maps import DataMaps
from server.endpoint import Exchange
from server.feeds.parameters import read_parameters, revision_number
from server.gate.refusals import Refusal, RefusalCode, method_not_allowed
from server.pages.library import Press
from server.pages.shown import Shown
from server.records.document import RecordOf, file_name
from server.records.forms import RecordForm, write_record
from server.records.page import page_policy


@dataclass(frozen=True, slots=True)
class Records(Shown):
    """Of any revision, drafts too."""

    press: Press
    data_maps: DataMaps

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        if request.method != "GET":
            raise method_not_allowed("GET", "Read the record by GET")
        exchange.viewer.require_staff()
        given = read_parameters(request.scope["query_string"], ("of",))
        of = _of(given.get("of", RecordOf.CONTROLLER))
        number, form = revision_number(request.path_params["number"]), _form(request.path_params["form"])
        async with self.admission:
            data_map = await self.data_maps.load(number)

        async def prepare() -> Callable[[], bytes]:
            return lambda: write_record(data_map, of, form, self.pages.links)[1]

        content = await self.press.make((data_map.revision, of, form), prepare)
        # A page is looked at first.
        disposition = "inline" if form is RecordForm.HTML else "attachment"
        headers = {"Content-Disposition": f'{disposition}; filename="{file_name(of, data_map.revision)}.{form}"'}
        if form is RecordForm.HTML:
            headers["Content-Security-Policy"] = page_policy()
        return Response(content, 200, headers, form.media_type)


def _of(given: str) -> RecordOf:
    """Raises InvalidInput."""
    try:
        return RecordOf(given)
    except ValueError as error:
        raise InvalidInput(f"`of` is {quoted(given)}: give {' or '.join(RecordOf)}") from error


def _form(given: str) -> RecordForm:
    """Raises Refusal NO_SUCH_ADDRESS."""
    try:
        return RecordForm(given)
    except ValueError as error:
        message = f"A record has no such form: end its address in .{', .'.join(RecordForm)}"
        raise Refusal(RefusalCode.NO_SUCH_ADDRESS, message) from error
