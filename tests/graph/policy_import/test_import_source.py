"""The bytes of a file: which encoding they are in, and what is no text at all."""

from __future__ import annotations

import io
import zipfile

import pytest

from graph.errors import InvalidRevision
from graph.policy_import import CLAUSES_AT_MOST
from graph.policy_import.html_bounds import ATTRIBUTES_AT_MOST, DEPTH_AT_MOST
from graph.policy_import.source import SOURCE_BYTES_AT_MOST, read_source
from tests.graph.policy_import.spoken import imported, keyed

RUSSIAN = "Политика конфиденциальности. Какие данные мы обрабатываем, и кому их передаём."
GERMAN = "Datenschutzerklärung. Wir verarbeiten Ihre Daten für folgende Zwecke: Prüfung der Aufträge, Größe, Straße."
POLISH = "Polityka prywatności. Przetwarzamy Twoje dane osobowe w celu realizacji zamówień. Żądanie, źródło, łączność."
GREEK = "Πολιτική απορρήτου. Επεξεργαζόμαστε τα προσωπικά σας δεδομένα για την εκτέλεση της σύμβασης."
TURKISH = "Gizlilik politikası. Kişisel verilerinizi şu amaçlarla işliyoruz: sipariş, ödeme, müşteri desteği."
JAPANESE = "プライバシーポリシー。当社は、お客様の個人情報を次の目的で利用します。"
ENGLISH = "We use “your data” – that’s all there is to it – and we don’t sell it."


def problem(data: bytes, encoding: str | None = None) -> str:
    with pytest.raises(InvalidRevision) as caught:
        imported(data, encoding=encoding)
    (found,) = caught.value.problems
    return str(found)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (RUSSIAN, "utf-8", "UTF-8"),
        (RUSSIAN, "utf-8-sig", "UTF-8"),
        (RUSSIAN, "utf-16", "UTF-16"),
        (ENGLISH, "utf-32", "UTF-32"),
        ("Plain ASCII.", "ascii", "UTF-8"),
    ],
)
def test_what_says_its_encoding_itself_is_no_guess(text: str, encoding: str, told: str) -> None:
    source = read_source(text.encode(encoding), "f")
    assert (source.text, source.encoding, source.is_guessed) == (text, told, False)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (RUSSIAN, "windows-1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "iso-8859-5", "iso-8859-5"),
        (GERMAN, "windows-1252", "windows-1252"),
        (ENGLISH, "windows-1252", "windows-1252"),
        (POLISH, "windows-1250", "windows-1250"),
        (POLISH, "iso-8859-2", "iso-8859-2"),
        (GREEK, "windows-1253", "windows-1253"),
        (TURKISH, "windows-1254", "windows-1254"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (ENGLISH, "utf-16-le", "UTF-16"),
    ],
)
def test_any_other_encoding_is_guessed(text: str, encoding: str, told: str) -> None:
    source = read_source(text.encode(encoding), "f")
    assert (source.text, source.encoding, source.is_guessed) == (text, told, True)


@pytest.mark.parametrize(
    ("head", "encoding", "told"),
    [
        ('<meta charset="windows-1251">', "windows-1251", "windows-1251"),
        ("<META http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r", "koi8-r"),
        ('<?xml version="1.0" encoding="windows-1251"?>', "windows-1251", "windows-1251"),
        ('<meta charset="iso-8859-1">', "utf-8", "UTF-8"),  # it lies: what is UTF-8 is read as such
        ('<meta charset="utf-16">', "utf-8", "UTF-8"),
        ('<meta charset="no-such">', "utf-8", "UTF-8"),
    ],
)
def test_html_may_declare_its_encoding(head: str, encoding: str, told: str) -> None:
    source = read_source(f"{head}<p>{RUSSIAN}".encode(encoding), "f")
    assert (source.text, source.encoding, source.is_guessed) == (f"{head}<p>{RUSSIAN}", told, False)


def test_latin_1_means_what_browsers_mean_by_it() -> None:
    data = f"<meta charset=iso-8859-1><p>{ENGLISH}".encode("windows-1252")
    assert read_source(data, "f").text.endswith(ENGLISH)


def test_an_encoding_can_be_told() -> None:
    assert read_source(RUSSIAN.encode("mac-cyrillic"), "f", "mac-cyrillic").text == RUSSIAN
    assert problem(b"abc", "no-such") == (
        "policy:0: there is no encoding 'no-such': name one such as utf-8, utf-16 or windows-1251"
    )
    assert problem(b"abc", "rot13").startswith("policy:0: there is no encoding 'rot13'")
    assert problem(b"a\nb\xff", "utf-8") == (
        "policy:2: not UTF-8: the byte 0xFF means nothing there: if that is wrong, name the encoding with --encoding"
    )


def test_control_characters_are_left_out_and_counted() -> None:
    source = read_source(b"a long line of text\x07 with a bell\r\nand\x85 an ellipsis\x1f" * 20, "f", "latin-1")
    assert source.controls == 20
    assert source.text.startswith("a long line of text with a bell\nand\n an ellipsis")
    assert read_source("caf\u0082 \u0096 \u0093x\u0094".encode(), "f").text == "caf‚ – “x”"


# ---- what is no text -------------------------------------------------------------------------------------------------


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return file.getvalue()


AS_HTML = "save it as HTML ('Web page, filtered' in Word, 'Web page' in Google Docs), and import that"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
            "a PDF: import the document that it was made from, or its text (pdftotext -layout writes that)",
        ),
        (zipped("[Content_Types].xml", "word/document.xml"), f"a Word document (DOCX): {AS_HTML}"),
        (zipped("xl/workbook.xml"), f"an Excel workbook (XLSX): {AS_HTML}"),
        (zipped("mimetype", "content.xml"), f"an OpenDocument text (ODT): {AS_HTML}"),
        (zipped("policy.html"), "a zip archive: unpack it, and import the text in it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), f"an older Word or Excel file: {AS_HTML}"),
        (b"{\\rtf1\\ansi Policy}", f"RTF, as office programs write it: {AS_HTML}"),
        (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nx",
            f"a web page in one file (MHTML) or an email: {AS_HTML}",
        ),
        (b"\x1f\x8b\x08" + bytes(60), "a gzip archive: unpack it, and import the text in it"),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(60),
            "a PNG picture: import the text itself: what is in a picture cannot be read",
        ),
        (
            b"\xff\xd8\xff\xe0" + bytes(60),
            "a JPEG picture: import the text itself: what is in a picture cannot be read",
        ),
        (
            b"SQLite format 3\x00" + bytes(99),
            "no text, but application/x-sqlite3: save what it shows as HTML, Markdown or plain text, and import that",
        ),
        (bytes(range(256)) * 20, "no text: save what it shows as HTML, Markdown or plain text, and import that"),
        (
            b"\x00\x01\x02\x03" * 50 + b"text",
            "no text: save what it shows as HTML, Markdown or plain text, and import that",
        ),
    ],
)
def test_a_file_that_is_no_text_is_named_and_refused(data: bytes, expected: str) -> None:
    assert problem(data) == f"policy:0: it seems to be {expected}"


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe\n\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert problem(data) in (
        "policy:0: the file is empty: name a file with the policy's text",
        "policy:0: there is no text in it: a page that a script writes is saved by a browser "
        "('Save page as', complete), "
        "or copied as text",
    )


@pytest.mark.parametrize(
    "text", ["<!doctype html><p></p>", "---\ntitle: a\n---\n", "***\n", "<script>a</script>", "&nbsp;"]
)
def test_a_file_that_says_nothing_is_refused(text: str) -> None:
    assert "there is no text in it" in problem(text.encode())


# ---- bounds ----------------------------------------------------------------------------------------------------------


def test_a_policy_of_one_paragraph_is_one_clause() -> None:
    (clause,) = keyed("We keep nothing.").policy.clauses
    assert (clause.key, clause.text) == ("p1", "We keep nothing.")


def test_twenty_thousand_clauses_are_read_and_one_more_is_refused() -> None:
    table = "<!doctype html><table>" + "<tr><td>a<td>b<td>c" * CLAUSES_AT_MOST
    assert len(keyed(table).policy.clauses) == CLAUSES_AT_MOST
    assert problem(b"a\n\n" * (CLAUSES_AT_MOST + 1)) == (
        "policy:0: more than 20,000 clauses: import the policy alone, or divide it"
    )


def test_a_megabyte_of_text_is_read_and_more_is_refused() -> None:
    paragraph = "<p>" + "data " * 200 + "</p>"
    assert len(keyed("<!doctype html>" + paragraph * 998).policy.markdown) == 998 * 1001 - 1
    with pytest.raises(InvalidRevision) as caught:
        keyed("<!doctype html>" + paragraph * 1000)
    assert [str(each) for each in caught.value.problems] == ["policy:0: longer than 1,000,000 bytes: shorten it"]
    assert problem(b"a" * (SOURCE_BYTES_AT_MOST + 1)) == (
        "policy:0: longer than 10,000,000 bytes: import the policy alone, without pictures in it"
    )


def test_a_paragraph_without_end_is_refused_and_named() -> None:
    assert problem(b"word " * 5000) == (
        "policy:0: a paragraph or code block of more than 20,000 characters: "
        "'word word word word word word word word word word word word…': "
        "divide it by empty lines, or name the format with --format"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<div>" * (DEPTH_AT_MOST + 1),
            "policy:2: tags stand more than 1,000 deep in each other: close each where it ends",
        ),
        (
            "".join(f"<font id={place}><p>" for place in range(60)),
            "policy:2: more than 50 tags for fonts and the like are open at once: close each where it ends",
        ),
        (
            "<p " + " ".join(f"a{place}" for place in range(ATTRIBUTES_AT_MOST + 1)) + ">",
            "policy:2: a tag <p> with more than 500 attributes: remove what is no attribute",
        ),
        (
            "<p " + "".join(f"a{place}=''" for place in range(ATTRIBUTES_AT_MOST + 1)) + ">",
            "policy:2: a tag <p> with more than 500 attributes: remove what is no attribute",
        ),
    ],
)
def test_html_that_would_take_a_parser_without_end_is_refused(body: str, expected: str) -> None:
    assert problem(f"<!doctype html>\n{body}".encode()) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 900 + "a",
        "<div>a</div>" * 5000,
        "<p>a<li>b<td>c" * 2000,
        "<b>a<p>" * 900,
        "<!--" + "<div>" * 2000 + "-->a",
        "<script>" + "'<div>'" * 2000 + "</script>a",
        "<a title='" + "<div> " * 2000 + "'>a</a>",
        "<a name=x>" * 3000 + "a",
        "<img src='data:" + "a/b " * 3000 + "'>a",
    ],
)
def test_html_that_only_looks_so_is_read(body: str) -> None:
    assert keyed(f"<!doctype html>{body}").policy.clauses[0].text.startswith(("a", "**a"))
