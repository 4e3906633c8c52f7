"""The products whose back ends tell people of notices, from the file that `VITRINE_PRODUCTS` names:

    billmanager:                                      # the key of a service in the data map
      webhook: https://billing.example/hooks/vitrine  # where notices are sent to
      secret_file: /run/secrets/vitrine-billmanager   # `whsec_…`, one a line: each signs, the newest first
    websites:
      feed: true                                      # it fetches them from /feed/notices

Secrets stand in files of their own, so that this one can be read by anybody.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import InvalidSettings, Problem, quoted
from graph.map_file.fields import KEY
from graph.map_file.nodes import Entry, Node, Scalar, read_nodes
from graph.map_file.nodes import Mapping as MappingNode
from graph.suggest import nearest
from server.token_rules import is_loopback

SECRET_PREFIX = "whsec_"  # noqa: S105 - by which a secret is known
SECRET_BYTES_AT_LEAST = 24
SECRET_BYTES_AT_MOST = 64
SECRETS_AT_MOST = 4
URL_CHARACTERS_AT_MOST = 2_000

_FIELDS = ("webhook", "secret_file", "feed")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+")


@dataclass(frozen=True, slots=True)
class Product:
    """`webhook`: where its back end is told; None where it fetches. `secrets`: with which what is sent there is signed,
    at least one."""

    service: str
    webhook: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Products(Mapping[str, Product]):
    """By the key of the service, in the order of the file."""

    def __init__(self, *products: Product) -> None:
        self._products = {product.service: product for product in products}

    def __getitem__(self, service: str) -> Product:
        return self._products[service]

    def __iter__(self) -> Iterator[str]:
        return iter(self._products)

    def __len__(self) -> int:
        return len(self._products)

    @property
    def services(self) -> frozenset[str]:
        return frozenset(self)

    @property
    def fetching(self) -> frozenset[str]:
        """Those that fetch for themselves."""
        return frozenset(filter(self.is_fetched, self))

    def is_fetched(self, service: str) -> bool:
        """Whether nobody sends to it; False for what is no product."""
        return service in self and self[service].webhook is None


NO_PRODUCTS = Products()


def load_products(file: Path | None, *, is_development: bool) -> Products:
    """The products in a file, none where there is no file. `is_development`: plain HTTP to this machine will do.

    Raises InvalidSettings with every problem, one a line.
    """
    if file is None:
        return NO_PRODUCTS
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(f"VITRINE_PRODUCTS: {file} cannot be read ({_why(error)}): mend it") from error
    root, problems = read_nodes(text, str(file))
    reader = _Reader(file, list(problems), is_development=is_development)
    products = reader.products(root)
    if reader.problems:
        raise InvalidSettings("\n".join(f"VITRINE_PRODUCTS: {problem}" for problem in sorted(reader.problems)))
    return products


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "no reason given" if isinstance(error, OSError) else "not UTF-8"


class _Reader:
    def __init__(self, file: Path, problems: list[Problem], *, is_development: bool) -> None:
        self.problems = problems
        self._file = file
        self._is_development = is_development

    def products(self, root: Node | None) -> Products:
        if isinstance(root, MappingNode):
            found = [self._product(entry) for entry in root.entries]
            return Products(*(product for product in found if product is not None))
        if not self.problems:
            line = 1 if root is None else root.line
            self._report(line, "the file lists no products", "write 'key of a service:' with its fields below")
        return NO_PRODUCTS

    def _product(self, entry: Entry) -> Product | None:
        """None where there is a problem with it."""
        before = len(self.problems)
        if not KEY.fits(entry.key):
            self._report(entry.line, f"{quoted(entry.key)} is not the key of a service", f"use {KEY.words}")
        if not isinstance(entry.value, MappingNode):
            self._report(entry.line, f"{entry.key} has no fields", "write 'webhook: https://…' or 'feed: true' below")
            return None
        given = {each.key: each for each in entry.value.entries}
        for name in given.keys() - set(_FIELDS):
            guess = nearest(name, _FIELDS)
            hint = f"did you mean '{guess}'?" if guess else f"use {', '.join(_FIELDS)}"
            self._report(given[name].line, f"{entry.key}: there is no field {quoted(name)}", hint)
        self._check_way(entry, given)
        webhook = self._webhook(entry.key, given["webhook"]) if "webhook" in given else None
        secrets = self._secrets(entry.key, given["secret_file"]) if "secret_file" in given else ()
        return Product(entry.key, webhook, secrets) if len(self.problems) == before else None

    def _check_way(self, entry: Entry, given: Mapping[str, Entry]) -> None:
        """It is told in one way."""
        key = entry.key
        if "feed" in given and not _is_true(given["feed"].value):
            self._report(given["feed"].line, f"{key}: feed is not true", "write 'feed: true', or a webhook instead")
        if "webhook" not in given and "feed" not in given:
            self._report(entry.line, f"{key} says no way to tell it", "add 'webhook: https://…' or 'feed: true'")
        elif "webhook" in given and "feed" in given:
            self._report(given["feed"].line, f"{key} has a webhook, and fetches too", "keep one of the two")
        if "webhook" in given and "secret_file" not in given:
            self._report(entry.line, f"{key}: 'secret_file' is missing", "name the file with the webhook's secret")
        elif "secret_file" in given and "webhook" not in given:
            self._report(given["secret_file"].line, f"{key} has a secret and no webhook", "delete it")

    def _webhook(self, key: str, entry: Entry) -> str:
        url = _text(entry.value)
        if (problem := _url_problem(url, is_development=self._is_development)) is not None:
            # Never repeated: it may hold a password by mistake.
            self._report(entry.line, f"{key}: the webhook {problem[0]}", problem[1])
        return url

    def _secrets(self, key: str, entry: Entry) -> tuple[str, ...]:
        named = _text(entry.value)
        if not named:
            self._report(entry.line, f"{key}: 'secret_file' names no file", "write the path of one")
            return ()
        file = self._file.parent / Path(named).expanduser()
        try:
            lines = file.read_text("utf-8").split()
        except (OSError, UnicodeDecodeError, RuntimeError) as error:
            reason = _why(error) if isinstance(error, OSError | UnicodeDecodeError) else "no home folder"
            self._report(entry.line, f"{key}: {file} cannot be read ({reason})", "mend it or name another")
            return ()
        if not 1 <= len(lines) <= SECRETS_AT_MOST:
            hint = f"write 1 to {SECRETS_AT_MOST}, one a line, the newest first"
            self._report(entry.line, f"{key}: {file} holds {len(lines)} secrets", hint)
        for number, secret in enumerate(lines, 1):
            if not _is_secret(secret):
                hint = (
                    f"a secret is {SECRET_PREFIX} and {SECRET_BYTES_AT_LEAST} to {SECRET_BYTES_AT_MOST} random bytes "
                    f"in base64: echo {SECRET_PREFIX}$(openssl rand -base64 32)"
                )
                self._report(entry.line, f"{key}: secret {number} of {file} is none", hint)
        return tuple(lines)

    def _report(self, line: int, message: str, hint: str) -> None:
        self.problems.append(Problem(str(self._file), line, message, hint))


def _text(node: Node) -> str:
    return node.text.strip() if isinstance(node, Scalar) else ""


def _is_true(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text.lower() == "true"


def _is_secret(text: str) -> bool:
    if not text.startswith(SECRET_PREFIX):
        return False
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return False
    return SECRET_BYTES_AT_LEAST <= len(key) <= SECRET_BYTES_AT_MOST


def _url_problem(text: str, *, is_development: bool) -> tuple[str, str] | None:
    """What is wrong with the address of a webhook, and the way out."""
    hint = "write https://host/path"
    if len(text) > URL_CHARACTERS_AT_MOST:
        return "is too long", f"use {URL_CHARACTERS_AT_MOST} characters at most"
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        return "has a character that an address cannot have", "write a host of other letters as xn--…, a path with %…"
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        return "is no address", hint
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host) or port == 0:
        return "is no address", hint
    if "@" in url.netloc:
        return "holds a user or password", "leave them out: the signature says who sends"
    if "#" in text:
        return "has a part after '#', which is never sent", "leave it out"
    if url.scheme == "http" and not (is_development and is_loopback(host)):
        return "would be sent in clear", "write https://; http:// is for this machine in development mode"
    return None
