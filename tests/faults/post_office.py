"""A real SMTP server in a thread, which keeps the id of all that it has taken."""

from __future__ import annotations

import threading
from collections import Counter
from email import message_from_bytes
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """Takes every message. `taken`: how often each delivery, by its public id; `addressed`: how often each
    recipient."""

    def __init__(self, port: int) -> None:
        self.taken: Counter[str] = Counter()
        self.addressed: Counter[str] = Counter()
        self.port = port
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd asks for it
        content = envelope.original_content
        assert content is not None
        with self._lock:
            self.taken[str(message_from_bytes(content)["Message-ID"]).strip("<>").partition("@")[0]] += 1
            self.addressed.update(envelope.rcpt_tos)
        return "250 taken"
