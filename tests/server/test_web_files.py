"""The built pages: each at its addresses, with a policy of its own, and nothing else of the folder they lie in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from graph.errors import InvalidSettings
from server.gate.persisted_documents import document_problems, load_persisted_documents
from server.schema import build_schema
from tests.server.api import Api
from tests.server.sign_in.browser import Browser
from tests.server.sign_in.provider import provider_served
from tests.server.sign_in.serving import PUBLIC, production_app

SCRIPT = b"console.log('x');" * 200
SMALL = b"p { color: red }"
PICTURE = bytes(range(256)) * 16
ME = "query Me {\n  me {\n    key\n  }\n}"
ME_HASH = sha256(ME.encode()).hexdigest()

POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; style-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    for name in ("map", "me", "graphiql"):
        (dist / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (dist / "assets" / "map-Bx1_9a-Z.js").write_bytes(SCRIPT)
    (dist / "assets" / "map-c0ffee.css").write_bytes(SMALL)
    (dist / "assets" / "icon-1.png").write_bytes(PICTURE)
    (dist / "assets" / "notes.txt").write_text("not for anybody")
    (dist / "assets" / "secret.js").symlink_to(tmp_path / "nothing.js")
    (tmp_path / "outside.js").write_text("outside")
    (dist / "persisted-documents.json").write_text(json.dumps({ME_HASH: ME}))
    return dist


@pytest.fixture
async def built(reader: Api, folder: Path) -> AsyncIterator[Api]:
    api = reader.with_settings(web_dir=folder)
    async with api.client:
        yield api


async def get(api: Api, path: str, **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.client.get(path, headers={"Accept-Encoding": "identity", **given})


class TestAPage:
    @pytest.mark.parametrize(
        ("path", "title"),
        [
            ("/map", "map"),
            ("/map/", "map"),
            ("/map/paths/a:b?x=1", "map"),
            ("/map/..%2f..%2fsettings.py", "map"),
            ("/me", "me"),
            ("/me/decisions", "me"),
            ("/graphiql", "graphiql"),
        ],
    )
    async def test_stands_at_its_address_and_below(self, built: Api, path: str, title: str) -> None:
        page = await get(built, path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.text == f"<!doctype html><title>{title}</title>"

    async def test_may_load_files_of_this_origin_alone(self, built: Api) -> None:
        page = await get(built, "/map")
        assert page.headers["content-security-policy"] == POLICY
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["permissions-policy"].startswith("camera=(), ")
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.headers["x-content-type-options"] == "nosniff"

    async def test_with_the_editor_may_have_styles_in_it_and_no_script(self, built: Api) -> None:
        policy = (await get(built, "/graphiql")).headers["content-security-policy"]
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "script-src 'self';" in policy

    async def test_is_asked_for_anew_and_told_to_be_the_same(self, built: Api, folder: Path) -> None:
        page = await get(built, "/map")
        assert page.headers["cache-control"] == "no-cache"
        again = await get(built, "/map/other", If_None_Match=page.headers["etag"])
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])
        assert again.headers["content-security-policy"] == POLICY
        (folder / "map.html").write_text("<!doctype html><title>built anew</title>")
        changed = await get(built, "/map", If_None_Match=page.headers["etag"])
        assert (changed.status_code, "built anew" in changed.text) == (200, True)

    async def test_is_read_and_nothing_else(self, built: Api) -> None:
        head = await built.client.head("/map", headers={"Accept-Encoding": "identity"})
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "33")
        refused = await built.client.post("/map")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")

    async def test_that_is_not_built_says_how_to_go_on(self, reader: Api) -> None:
        for path in ("/map", "/me/decisions", "/graphiql"):
            page = await get(reader, path)
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
            assert "<h1>The pages are not built</h1>" in page.text
            assert "<code>make web</code>" in page.text
            assert "Start the service again" in page.text
        assert (await get(reader, "/assets/map-Bx1_9a-Z.js")).status_code == 404

    async def test_leads_from_the_first_one_to_each(self, reader: Api) -> None:
        page = await get(reader, "/")
        assert page.status_code == 200
        assert [each in page.text for each in ('href="/me"', 'href="/policy"', 'href="/map"')] == [True] * 3
        assert "script" not in page.text


class TestAFileOfAPage:
    @pytest.mark.parametrize(
        ("name", "media_type", "content"),
        [
            ("map-Bx1_9a-Z.js", "text/javascript; charset=utf-8", SCRIPT),
            ("map-c0ffee.css", "text/css; charset=utf-8", SMALL),
            ("icon-1.png", "image/png", PICTURE),
        ],
    )
    async def test_is_sent_as_what_it_is_and_kept_for_ever(
        self, built: Api, name: str, media_type: str, content: bytes
    ) -> None:
        file = await get(built, f"/assets/{name}")
        assert (file.status_code, file.headers["content-type"], file.content) == (200, media_type, content)
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"

    async def test_is_compressed_for_whoever_takes_that(self, built: Api) -> None:
        plain = await get(built, "/assets/map-Bx1_9a-Z.js")
        small = await get(built, "/assets/map-Bx1_9a-Z.js", Accept_Encoding="br, GZIP;q=0.8")
        assert (small.content, small.headers["content-encoding"]) == (SCRIPT, "gzip")
        assert int(small.headers["content-length"]) < len(SCRIPT) // 10
        assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
        assert plain.headers["etag"] != small.headers["etag"]
        same = await get(built, "/assets/map-Bx1_9a-Z.js", Accept_Encoding="gzip", If_None_Match=small.headers["etag"])
        assert (same.status_code, "content-encoding" in same.headers) == (304, False)
        head = await built.client.head("/assets/map-Bx1_9a-Z.js", headers={"Accept-Encoding": "gzip"})
        assert head.headers["content-length"] == small.headers["content-length"]

    @pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip ; q=0.00", "xgzip"])
    async def test_is_not_compressed_for_anybody_else(self, built: Api, accepted: str) -> None:
        file = await get(built, "/assets/map-Bx1_9a-Z.js", Accept_Encoding=accepted)
        assert ("content-encoding" in file.headers, file.content) == (False, SCRIPT)

    async def test_that_would_not_become_smaller_is_left_as_it_is(self, built: Api) -> None:
        for name in ("map-c0ffee.css", "icon-1.png"):
            file = await get(built, f"/assets/{name}", Accept_Encoding="gzip")
            assert {"content-encoding", "vary"} & file.headers.keys() == set()

    @pytest.mark.parametrize(
        "name",
        [
            "other.js",
            "notes.txt",
            "secret.js",
            "..%2fmap.html",
            "..%2f..%2foutside.js",
            "%2e%2e%2f%2e%2e%2foutside.js",
            "..\\..\\outside.js",
            ".hidden.js",
            "map-Bx1_9a-Z.js%00.png",
            "map-Bx1_9a-Z.js/",
            "x" * 300 + ".js",
            "",
        ],
    )
    async def test_that_is_none_is_not_there(self, built: Api, name: str) -> None:
        missing = await get(built, f"/assets/{name}")
        assert (missing.status_code, missing.json()["errors"][0]["extensions"]["code"]) == (404, "NO_SUCH_ADDRESS")
        assert missing.headers["cache-control"] == "no-store"


class TestTheEditor:
    async def test_is_for_staff_in_production(self, reader: Api, folder: Path) -> None:
        with provider_served() as provider:
            provider.redirect_uri = f"{PUBLIC}/signed-in"
            visitor = Browser(production_app(reader, provider, web_dir=folder), PUBLIC)
            async with visitor.http:
                refused = await visitor.open("/graphiql")
                assert (refused.status_code, 'href="/sign-in?to=/graphiql"' in refused.text) == (403, True)
                provider.scope = "vitrine.subject"
                await visitor.come_back(await visitor.begin("/graphiql"))
                assert (await visitor.open("/graphiql")).status_code == 403
                provider.scope = "vitrine.staff"
                back = await visitor.come_back(await visitor.begin("/graphiql"))
                # As the issuer leads there: the browser says that it comes from elsewhere.
                assert (await visitor.come_back(back.headers["location"])).status_code == 200


class TestTheOperationsOfPages:
    async def test_are_known_by_their_hash_and_close_nothing(self, built: Api) -> None:
        persisted = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ME_HASH}}}
        token = {"Authorization": f"Bearer {built.subject('example-buyer')}"}
        known = await built.client.post("/graphql", json=persisted, headers=token)
        assert known.json()["data"] == {"me": {"key": "example-buyer"}}
        assert (await built.ask("{ __typename }")).status == 200
        unknown = await built.client.post("/graphql", json={"documentId": "0" * 64})
        assert unknown.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"

    async def test_are_run_beside_those_of_a_company(self, reader: Api, folder: Path, tmp_path: Path) -> None:
        manifest = tmp_path / "company.json"
        manifest.write_text(json.dumps({"theirs": "query Theirs { __typename }"}))
        api = reader.with_settings(web_dir=folder, persisted_documents=manifest)
        token = {"Authorization": f"Bearer {api.subject('example-buyer')}"}
        async with api.client:
            for id in (ME_HASH, "theirs"):
                answer = await api.client.post("/graphql", json={"documentId": id}, headers=token)
                assert (answer.status_code, "errors" in answer.json()) == (200, False)
            refused = await api.ask("{ __typename }", token=api.subject("example-buyer"))
            assert refused.codes == ["DOCUMENT_NOT_ALLOWED"]

    def test_of_another_version_are_told_with_the_way_out(self, folder: Path) -> None:
        file = folder / "persisted-documents.json"
        file.write_text(json.dumps({"a": "{ nothing }", "b": "{ nothing }"}))
        schema = build_schema()
        with pytest.raises(InvalidSettings) as refusal:
            load_persisted_documents(None, lambda text: document_problems(schema.problems_of(text)), of_pages=file)
        assert refusal.value.message == (
            f"VITRINE_WEB_DIR: {file}: a: line 1: Cannot query field 'nothing' on type 'Query'.: build the pages anew "
            "with `make web`"
        )
