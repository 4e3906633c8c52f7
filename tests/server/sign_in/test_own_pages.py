"""What browsers say of a request decides whether it is one of our own pages'."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sign_in.own_pages import OwnPages, origin_of

HERE = "https://privacy.example"
PAGES = OwnPages(frozenset({HERE}), on_loopback=False)
ON_LOOPBACK = OwnPages(frozenset({"http://127.0.0.1:8000"}), on_loopback=True)


def request(method: str = "POST", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": named}


_sites = st.sampled_from(["same-origin", "none", "same-site", "cross-site", "", "unheard-of"])
_origins = st.sampled_from([HERE, f"{HERE}.evil.example", "null", "http://privacy.example", "https://evil.example", ""])
_headers = st.fixed_dictionaries(
    {},
    optional={
        "sec_fetch_site": _sites,
        "origin": _origins,
        "sec_fetch_mode": st.sampled_from(["navigate", "cors", "no-cors", "websocket"]),
        "x_vitrine_page": st.sampled_from(["1", "0", ""]),
        "host": st.sampled_from(["privacy.example", "evil.example"]),
        "referer": st.just(f"{HERE}/map"),
    },
)


@given(headers=_headers, method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE"]))
def test_whatever_else_is_said_another_origin_is_not_ours(headers: dict[str, str], method: str) -> None:
    foreign = headers.get("origin", HERE) != HERE or headers.get("sec_fetch_site", "none") not in (
        "same-origin",
        "none",
    )
    scope = request(method, **headers)
    if foreign:
        assert not PAGES.asked(scope)
        assert not PAGES.sent_form(scope)
    if headers.get("x_vitrine_page") != "1" and method not in ("GET", "HEAD"):
        assert not PAGES.asked(scope)
    if not {"origin", "sec_fetch_site"} & headers.keys() and headers.get("x_vitrine_page") != "1":
        assert not PAGES.sent_form(scope)


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://localhost:5173", "localhost:5173", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        # Pages that are being worked on, passed on from another port.
        ("http://localhost:5173", "127.0.0.1:8000", True),
        ("http://[", "localhost:8000", False),
        # A name of somebody else's that leads to this machine.
        ("http://evil.example:8000", "evil.example:8000", False),
        ("http://localhost.evil.example", "localhost.evil.example", False),
        ("http://127.0.0.1@evil.example", "127.0.0.1@evil.example", False),
        ("https://localhost:8000", "localhost:8000", False),
        ("null", "localhost:8000", False),
    ],
)
def test_on_this_machine_its_own_names_are_ours(origin: str, host: str, ours: bool) -> None:
    assert ON_LOOPBACK.asked(request(origin=origin, host=host, x_vitrine_page="1")) is ours
    assert not PAGES.asked(request(origin=origin, host=host, x_vitrine_page="1"))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://privacy.example", "https://privacy.example"),
        ("https://Privacy.Example:443/vitrine", "https://privacy.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://privacy.example:8443", "https://privacy.example:8443"),
    ],
)
def test_an_origin_is_as_browsers_write_it(address: str, origin: str) -> None:
    assert origin_of(address) == origin
