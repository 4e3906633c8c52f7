"""What is wrong with a page fails the test that visits it."""

from __future__ import annotations

from tests.browser.visits import Visits, barriers

WRONG = """<html><body><img src="data:image/png;base64,"><script>console.error('so it says')</script>
<script>fetch('http://127.0.0.2:9/')</script><script>throw new Error('so it fails')</script></body></html>"""


async def test_what_is_wrong_with_a_page_is_told(visits: Visits) -> None:
    page = await visits.anybody("/policy")
    async with page.expect_event("requestfailed", lambda request: "127.0.0.2" in request.url):
        await page.goto("about:blank")
        await page.set_content(WRONG)
    visits.complaints += await barriers(page)
    told = "\n".join(visits.complaints)
    assert "console: so it says" in told
    assert "fault: so it fails" in told
    assert "asked elsewhere: http://127.0.0.2:9/" in told
    assert "axe: image-alt: ['img']" in told
    await page.goto("/policy")
    visits.complaints.clear()
