"""The file of products: what it says, and every mistake in it at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import InvalidSettings
from server.notify.products import NO_PRODUCTS, Product, load_products

NEW = "whsec_" + "TmV3IHNlY3JldCBvZiAzMiByYW5kb20gYnl0ZXMhISE="
OLD = "whsec_" + "T2xkIHNlY3JldCBvZiAzMiByYW5kb20gYnl0ZXMhISE="
GOOD = """
# Who tells people.
billmanager:
  webhook: https://billing.example:8443/hooks/vitrine?to=people
  secret_file: secrets/billmanager
websites:
  feed: true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/billmanager").write_text(f"{NEW}\n{OLD}\n")
    return tmp_path


def problems(folder: Path, text: str, *, is_development: bool = False) -> list[str]:
    """What is said of a file, without its name."""
    file = folder / "products.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidSettings) as refused:
        load_products(file, is_development=is_development)
    return [line.removeprefix(f"VITRINE_PRODUCTS: {file}:") for line in str(refused.value).splitlines()]


def test_a_product_is_sent_to_or_fetches(folder: Path) -> None:
    file = folder / "products.yaml"
    file.write_text(GOOD)

    products = load_products(file, is_development=False)

    billmanager = Product("billmanager", "https://billing.example:8443/hooks/vitrine?to=people", (NEW, OLD))
    assert dict(products) == {"billmanager": billmanager, "websites": Product("websites")}
    assert products.services == {"billmanager", "websites"}
    assert products.fetching == {"websites"}
    assert [products.is_fetched(service) for service in ("websites", "billmanager", "requests")] == [True, False, False]


def test_without_a_file_there_are_none() -> None:
    assert load_products(None, is_development=False) is NO_PRODUCTS
    assert not NO_PRODUCTS.services


def test_secrets_are_in_no_text_of_a_product(folder: Path) -> None:
    file = folder / "products.yaml"
    file.write_text(GOOD)

    products = load_products(file, is_development=False)

    assert NEW not in repr(dict(products))


def test_every_problem_is_told_at_its_line(folder: Path) -> None:
    text = """
Bill Manager:
  feed: true
nothing:
empty: {}
both:
  webhook: https://a.example/
  secret_file: secrets/billmanager
  feed: true
no-secret:
  webhook: https://a.example/
secret-alone:
  feed: true
  secret_file: secrets/billmanager
off:
  feed: false
misspelt:
  webhok: https://a.example/
  secret_file: secrets/missing
"""
    assert problems(folder, text) == [
        "2: 'Bill Manager' is not the key of a service: use lower-case letters and digits with single '-' between, "
        "such as 'log-data'",
        "4: nothing has no fields: write 'webhook: https://…' or 'feed: true' below",
        "5: empty says no way to tell it: add 'webhook: https://…' or 'feed: true'",
        "9: both has a webhook, and fetches too: keep one of the two",
        "10: no-secret: 'secret_file' is missing: name the file with the webhook's secret",
        "14: secret-alone has a secret and no webhook: delete it",
        "16: off: feed is not true: write 'feed: true', or a webhook instead",
        "17: misspelt says no way to tell it: add 'webhook: https://…' or 'feed: true'",
        "18: misspelt: there is no field 'webhok': did you mean 'webhook'?",
        "19: misspelt has a secret and no webhook: delete it",
        f"19: misspelt: {folder / 'secrets/missing'} cannot be read (No such file or directory): mend it or name "
        "another",
    ]


URLS = {
    "http://billing.example/": "would be sent in clear",
    "http://127.0.0.1/": "would be sent in clear",
    "http://localhost:8000/": "would be sent in clear",
    "ftp://billing.example/": "is no address",
    "billing.example/hook": "is no address",
    "https://": "is no address",
    "https:///hook": "is no address",
    "https://billing.example:0/": "is no address",
    "https://billing.example:99999/": "is no address",
    "https://[::1": "is no address",
    "https://bill_ing.example/": "is no address",
    "https://billing.example%2eevil.example/": "is no address",
    "https://-.example/": "is no address",
    "https://user:pa55word@billing.example/": "holds a user or password",
    "https://billing.example@evil.example/": "holds a user or password",
    "https://billing.example/#part": "has a part after '#', which is never sent",
    "https://１２７.0.0.1/": "has a character that an address cannot have",
    "https://bücher.example/": "has a character that an address cannot have",
    "https://billing.example\\@evil.example/": "has a character that an address cannot have",
    "https://billing.example/a b": "has a character that an address cannot have",
    "https://billing.example/" + "a" * 2_000: "is too long",
}


@pytest.mark.parametrize("url", URLS)
def test_a_webhook_that_is_no_safe_address_is_refused_and_not_repeated(folder: Path, url: str) -> None:
    (problem,) = problems(folder, f"a:\n  webhook: '{url}'\n  secret_file: secrets/billmanager\n")

    assert problem.startswith(f"2: a: the webhook {URLS[url]}: ")
    assert "pa55word" not in problem


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/hook", "http://localhost/", "http://[::1]:80/", "https://a.example"]
)
def test_in_development_plain_http_to_this_machine_will_do(folder: Path, url: str) -> None:
    file = folder / "products.yaml"
    file.write_text(f"a:\n  webhook: '{url}'\n  secret_file: secrets/billmanager\n")

    assert load_products(file, is_development=True)["a"].webhook == url


def test_in_development_plain_http_to_others_will_not(folder: Path) -> None:
    text = "a:\n  webhook: http://billing.example/\n  secret_file: secrets/billmanager\n"

    (problem,) = problems(folder, text, is_development=True)

    assert problem.startswith("2: a: the webhook would be sent in clear: ")


SECRETS = {
    "": "holds 0 secrets: write 1 to 4",
    f"{NEW}\n" * 5: "holds 5 secrets: write 1 to 4",
    NEW.removeprefix("whsec_"): "secret 1 of",
    "whsec_": "secret 1 of",
    "whsec_c2hvcnQ=": "secret 1 of",
    "whsec_" + "A" * 88: "secret 1 of",
    "whsec_not-base64-not-base64-not-base64-not!": "secret 1 of",
    f"{NEW}\nwhsk_{NEW}": "secret 2 of",
}


@pytest.mark.parametrize("content", SECRETS)
def test_what_is_no_secret_is_refused_and_not_repeated(folder: Path, content: str) -> None:
    (folder / "secrets/billmanager").write_text(content)

    (problem,) = problems(folder, GOOD)

    assert problem.startswith("5: billmanager: ")
    assert SECRETS[content] in problem
    assert not any(secret in problem for secret in content.split() if len(secret) > 10)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: the file lists no products: write 'key of a service:' with its fields below"),
        ("- websites\n", "1: the file lists no products: write 'key of a service:' with its fields below"),
        ("a: {feed: true\n", "2: a bracket is never closed: close it, or put the text in quotes"),
        ("a:\n  feed: true\na:\n  feed: true\n", "3: the key 'a' is given twice"),
    ],
)
def test_what_is_no_list_of_products_is_refused(folder: Path, text: str, problem: str) -> None:
    (said,) = problems(folder, text)

    assert said.startswith(problem)


def test_a_file_that_cannot_be_read_is_refused(folder: Path) -> None:
    file = folder / "missing.yaml"

    with pytest.raises(InvalidSettings) as refused:
        load_products(file, is_development=False)

    assert str(refused.value) == f"VITRINE_PRODUCTS: {file} cannot be read (No such file or directory): mend it"
