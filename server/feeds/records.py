"""`GET /records/{number}.{form}`: the record of processing activities of a revision (GDPR Art. 30), for staff."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import InvalidInput, quoted
from graph.store.data_maps import DataMaps
from server.endpoint import Exchange, Requests
from server.feeds.parameters import read_parameters, revision_number
from server.gate.admission import Admission
from server.gate.refusals import Refusal, RefusalCode, method_not_allowed
from server.pages.library import Press
from server.pages.writing import Pages
from server.records.document import RecordOf, file_name
from server.records.forms import RecordForm, write_record
from server.records.page import page_policy
from server.sign_in.sessions import Takes


class Records:
    """Of any revision, drafts too."""

    def __init__(
        self,
        requests: Requests,
        pages: Pages,
        press: Press,
        data_maps: DataMaps,
        *,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._pages = pages
        self._press = press
        self._data_maps = data_maps
        self._admission = admission
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(
            scope,
            receive,
            send,
            self._answer,
            seconds=self._request_seconds,
            # A link to a record stands in mails too, and a browser follows it.
            sessions=Takes.TO_SHOW,
            errors_as=self._pages.errors_as,
        )

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        if request.method != "GET":
            raise method_not_allowed("GET", "Read the record by GET")
        exchange.viewer.require_staff()
        given = read_parameters(request.scope["query_string"], ("of",))
        of = _of(given.get("of", RecordOf.CONTROLLER))
        number, form = revision_number(request.path_params["number"]), _form(request.path_params["form"])
        async with self._admission:
            data_map = await self._data_maps.load(number)

        async def prepare() -> Callable[[], bytes]:
            return lambda: write_record(data_map, of, form, self._pages.links)[1]

        # Outside of the admission: whoever waits for their turn there takes no room from what runs.
        content = await self._press.page((data_map.revision, of, form), prepare)
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
