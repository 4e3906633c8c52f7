"""The stylesheet of pages, at an address that names its content."""

from __future__ import annotations

from server.pages.writing import STYLESHEET, Pages, Stylesheet
from tests.server.api import Api

ADDRESS = f"/styles/{STYLESHEET.name}"


async def test_it_is_kept_for_ever(reader: Api) -> None:
    response = await reader.client.get(ADDRESS)

    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.content == STYLESHEET.content
    assert "last-modified" not in response.headers
    again = await reader.client.get(ADDRESS, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_another_one_is_not_there(reader: Api) -> None:
    response = await reader.client.get("/styles/pages.css")

    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")


def test_its_address_changes_with_its_content() -> None:
    assert Stylesheet(b"a").name == "pages.ca978112ca1bbdca.css"
    assert Stylesheet(b"b").name != Stylesheet(b"a").name


def test_it_asks_nobody_for_anything_and_is_small() -> None:
    assert b"url(" not in STYLESHEET.content
    assert b"@import" not in STYLESHEET.content
    assert len(STYLESHEET.content) < 16_000


def test_a_page_stands_in_the_frame_behind_whatever_path_leads_here() -> None:
    page = Pages("https://privacy.example/vitrine").write("frame.html").decode()

    assert page.startswith('<!doctype html>\n<html lang="en">\n')
    assert f'<link rel="stylesheet" href="/vitrine/styles/{STYLESHEET.name}">' in page
    assert "<script" not in page
