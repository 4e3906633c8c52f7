"""Signing in leads back to a page of ours, whatever somebody writes into the address."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InvalidInput
from server.sign_in.places import PLACE_CHARACTERS_AT_MOST, read_place

HERE = "https://privacy.example"


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_place_it_is_home(nothing: str | None) -> None:
    assert read_place(nothing) == "/"


@pytest.mark.parametrize(
    "place",
    [
        "/",
        "/map",
        "/map/",
        "/map/paths/service:billmanager?to=country:US&at=2026-01-01T00:00:00Z",
        "/map?q=%C3%BC%20x+y&return=https://elsewhere.example",
        "/me",
        "/me/decisions",
        "/policy/2/changes",
        "/records/1.xlsx?of=processors",
        "/graphiql",
        "/?x",
        "/me/changes?on=2021-06-01#notice-1",
        "/#//elsewhere.example?x",
        "/map?kinds=[SERVICE|PURPOSE]&at={2026-01-01}",
        "/map/" + "x" * (PLACE_CHARACTERS_AT_MOST - 5),
    ],
)
def test_a_page_of_ours_is_one(place: str) -> None:
    assert read_place(place) == place


@pytest.mark.parametrize(
    "place",
    [
        "//elsewhere.example",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "https://elsewhere.example",
        "https:elsewhere.example",
        "javascript:alert(1)",
        "/map\\..\\x",
        "/map/\tx",
        "/map/\r\nSet-Cookie: a=b",
        "/map\n",
        " /map",
        "/map/ü",
        "/map#a#b",
        '/map?"x"',
        "/map?<x>",
        "/map?a b",
        "/map?a\\b",
        "map",
        "/mapp",
        "/graphql",
        "/graphiql/x",
        "/sign-out",
        "/records",
        "/records?of=controller",
        "/recordsx/1.html",
        "/signed-in?code=x",
        "/assets/x.js",
        "/..//elsewhere.example",
        "@elsewhere.example",
        "/map/" + "x" * (PLACE_CHARACTERS_AT_MOST - 4),
    ],
)
def test_anything_else_is_refused(place: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_place(place)
    assert refusal.value.message.startswith("`to` is no page of this service: give a path such as /map or /me")


@given(
    st.one_of(
        st.text(max_size=30),
        st.text("/\\mape?:.@%#\t\n lsewhr", max_size=20),
        st.from_regex(r"/(map|records)[/?].{0,20}"),
    )
)
def test_whatever_is_taken_stays_on_this_host(text: str) -> None:
    try:
        place = read_place(text)
    except InvalidInput:
        return
    # A browser takes a backslash for a slash, and leaves tabs and line ends out.
    for seen in (place, place.replace("\\", "/"), "".join(each for each in place if each not in "\t\r\n")):
        url = urlsplit(urljoin(f"{HERE}/signed-in", seen))
        assert f"{url.scheme}://{url.netloc}" == HERE
    assert place.isascii()
    assert place.isprintable()
