"""Compliance staff look at the data map, and ask it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.visits import Size, Visits, drawn

#: So that what other tests publish is not seen here.
REVISION = "revision=1"
BOTH_SIZES = pytest.mark.parametrize("size", ["desk", "phone"])


#: Of a PNG: its size, and how many colours it has.
IMAGE = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = image;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const dots = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  return { width, height, colours: new Set(dots).size };
}"""


async def find(page: Page, text: str, name: str) -> None:
    await page.get_by_role("combobox", name="Find an element").fill(text)
    await page.get_by_role("option", name=name).click()


@BOTH_SIZES
async def test_an_element_of_the_picture_is_looked_at(visits: Visits, size: Size) -> None:
    page = await visits.staff(f"/map?{REVISION}", size)
    picture = page.get_by_role("application")
    await drawn(page)
    columns = "Sources 5, Services 19, Categories 38, Purposes 9, Recipients 18, Countries 3"
    await expect(picture).to_have_accessible_name(f"The data map in columns: {columns}. Nothing is selected.")

    await find(page, "goog", "Google Inc.")
    await expect(picture).to_have_accessible_name(re.compile("Google Inc. is selected"))
    panel = page.get_by_role("region", name="What is selected")
    await expect(panel.get_by_role("heading", level=2)).to_have_text("Google Inc.")
    await expect(panel).to_contain_text("Recipient · Processor")
    await expect(panel).to_contain_text("3 people with data there")
    await expect(panel).to_contain_text("Since revision 1, 12 November 2018")
    assert await panel.locator("a[href^='/policy/1#']").all_inner_texts() == ["19.4", "19.6"]
    leads = panel.get_by_role("listitem").get_by_role("button")
    assert await leads.all_inner_texts() == [
        "Automatic logging",
        "Websites",
        "Log data",
        "Usage data",
        "Cookies and technologies that do the same",
        "Improving and supporting the services",
        "United States of America",
    ]

    await leads.filter(has_text="Websites").click()
    await expect(panel.get_by_role("heading", level=2)).to_have_text("Websites")
    await page.go_back()
    await expect(panel.get_by_role("heading", level=2)).to_have_text("Google Inc.")
    # Whoever is sent the address sees the same.
    await page.reload()
    await expect(panel.get_by_role("heading", level=2)).to_have_text("Google Inc.")
    await drawn(page)


async def test_keys_alone_go_through_the_picture(visits: Visits) -> None:
    page = await visits.staff(f"/map?{REVISION}&show=picture", dark=True)
    await drawn(page)
    await page.get_by_role("application").focus()
    said = page.locator("#announcements")
    for key, heard in [
        ("ArrowDown", "You, Source, linked to 5 elements"),
        ("Home", "License checks, Source, linked to 1 element"),
        ("ArrowRight", "Software products, Service"),
    ]:
        await page.keyboard.press(key)
        await expect(said).to_contain_text(heard)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("select=SERVICE:software-products"))
    await page.keyboard.press("Escape")
    await expect(page).not_to_have_url(re.compile("select="))
    await page.get_by_role("button", name="Revision 1", exact=True).press("Enter")
    await page.get_by_role("button", name=re.compile("^In force")).press("Enter")
    await expect(page.get_by_role("button", name="In force now", exact=True)).to_be_focused()


@BOTH_SIZES
async def test_the_table_has_the_same_in_words(visits: Visits, size: Size) -> None:
    page = await visits.staff(f"/map?{REVISION}&show=table", size)
    table = page.get_by_role("table")
    names = table.locator("td[data-column=name]")
    await expect(page.get_by_role("status").filter(has_text="92 elements")).to_be_visible()
    await expect(table).to_have_attribute("aria-rowcount", "93")
    await table.get_by_role("button", name="Facts").click()
    await expect(names.first).to_have_text("Email address")
    await page.get_by_role("textbox", name="Filter by name or key").fill("log")
    await expect(names).to_have_text(
        ["Automatic logging", "Error logs", "Log data", "Cookies and technologies that do the same"]
    )
    await expect(page).to_have_url(re.compile("q=log"))


async def test_what_is_seen_can_be_kept(visits: Visits, tmp_path: Path) -> None:
    page = await visits.staff(f"/map?{REVISION}&select=RECIPIENT:google")
    await drawn(page)
    for name, extension in [("As SVG", "svg"), ("As PNG", "png")]:
        await page.get_by_role("button", name="Save the picture").click()
        async with page.expect_download() as download:
            await page.get_by_role("menuitem", name=name).click()
        file = await download.value
        assert file.suggested_filename == f"ISPsystem LTD · Revision 1.{extension}"
        await file.save_as(tmp_path / extension)
    svg = (tmp_path / "svg").read_text("utf-8")
    assert svg.count("<rect ") == 1 + 92
    assert 'font-weight="600">Google Inc.</text>' in svg
    width, height = (float(each) for each in re.findall(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"', svg)[0])
    png = base64.b64encode((tmp_path / "png").read_bytes()).decode()
    assert png.startswith("iVBORw0KGgo")
    image = await page.evaluate(IMAGE, png)
    assert (image["width"], image["height"]) == (int(2 * width), int(2 * height))
    # Cards, lines and letters in colours of their own, not one alone.
    assert image["colours"] > 100


@BOTH_SIZES
async def test_which_paths_lead_to_a_country(visits: Visits, size: Size) -> None:
    page = await visits.staff(f"/map/questions?{REVISION}", size)
    await page.get_by_role("combobox", name="To").fill("united")
    await page.get_by_role("option", name="United States of America").click()
    answer = page.get_by_role("region", name="Paths")
    await expect(answer.get_by_role("status")).to_have_text("3 paths")
    paths = await answer.get_by_role("listitem").all()
    assert [await path.get_by_role("link").all_inner_texts() for path in paths] == [
        ["Automatic logging", "Websites", kind, "Google Inc.", "United States of America"]
        for kind in ("Log data", "Usage data", "Cookies and technologies that do the same")
    ]
    await expect(page).to_have_url(re.compile("to=COUNTRY:US"))


@BOTH_SIZES
async def test_what_follows_if_a_recipient_goes(visits: Visits, size: Size) -> None:
    page = await visits.staff(f"/map?{REVISION}&select=RECIPIENT:google", size)
    await page.get_by_role("link", name="What if it goes?").click()
    await expect(page).to_have_url(re.compile(REVISION))
    answer = page.get_by_role("region", name="What follows")
    await expect(answer).to_be_visible()
    assert await answer.locator("dl > div").all_inner_texts() == [
        "fall with it\n2",
        "promises break\n4",
        "have data there now\n3 people",
    ]
    falls = answer.get_by_role("region", name="What falls").get_by_role("listitem")
    assert await falls.all_inner_texts() == [
        "United States of America\ncannot do without Google Inc.",
        "Websites to Google Inc.: Log data, Usage data, Cookies and technologies that do the same"
        " (Improving and supporting the services)\ncannot do without Google Inc.",
    ]
    promises = answer.get_by_role("region", name="Promises that break").locator("a[href^='/policy/1#']")
    assert await promises.all_inner_texts() == ["12.3.1", "19.2", "19.4", "19.6"]
    findings = answer.get_by_role("region", name="What the checks would then find").get_by_role("listitem")
    assert [text.split("\n")[0] for text in await findings.all_inner_texts()] == ["Violation · recipient-not-in-map"]

    # Where the controller is cannot go.
    await page.get_by_role("combobox", name="If this goes").fill("rus")
    await expect(page.get_by_role("option", name="Russia")).to_be_visible()
    await expect(page.get_by_role("option", name="Cyprus")).to_have_count(0)
    await page.goto(f"/map?{REVISION}&select=COUNTRY:CY")
    await expect(page.get_by_role("link", name="Where does its data come from?")).to_be_visible()
    await expect(page.get_by_role("link", name="What if it goes?")).to_have_count(0)


async def test_a_service_that_is_away_leaves_no_page_blank(visits: Visits) -> None:
    page = await visits.staff(f"/map/questions?{REVISION}")
    await expect(page.get_by_role("combobox", name="To")).to_be_visible()
    await page.context.set_offline(True)
    await page.get_by_role("button", name="What goes to processors?").click()
    await expect(page.get_by_role("alert")).to_contain_text("No connection")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("region", name="Paths").get_by_role("status")).to_have_text(
        re.compile(r"^\d+ paths$")
    )
    # Nor one of which the code is not there yet.
    await page.context.set_offline(True)
    await page.get_by_role("link", name="Records").click()
    await expect(page.get_by_role("alert")).to_contain_text("No connection")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Records")
    visits.forgive("ERR_INTERNET_DISCONNECTED")
