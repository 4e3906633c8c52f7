"""What is shown of revisions, some of it to everybody and some to staff, and how it is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.endpoint import Exchange, Requests
from server.gate.admission import Admission
from server.pages.writing import Pages
from server.sign_in.sessions import Takes


@dataclass(frozen=True, slots=True)
class Shown(ABC):
    """An address for whoever a link in a page or a mail led there, and whose browser shows what became of it.

    Only what is read from the graph takes a place of the `admission`. Whoever waits until a page is written (see
    `server.pages.library.Press`) does so outside of it, and takes no room from what runs.
    """

    requests: Requests
    pages: Pages
    _: KW_ONLY
    admission: Admission
    request_seconds: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.requests.answer(
            scope,
            receive,
            send,
            self._answer,
            seconds=self.request_seconds,
            sessions=Takes.TO_SHOW,
            errors_as=self.pages.errors_as,
        )

    @abstractmethod
    async def _answer(self, exchange: Exchange) -> Response: ...
