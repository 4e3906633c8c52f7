"""What is sealed, with keys that are not in the graph: email addresses as they are kept, each to the person whose it
is, and what is left in people's browsers, each to its purpose.

AES-SIV (RFC 5297) with 256-bit keys: authenticated. An address is the same every time for the same person, so that a
report that is sent again changes nothing; equal addresses of two people are sealed differently, and all of nearly one
length alike. What goes to a browser is another text each time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
#: Addresses are filled up to a multiple of this before they are sealed.
BLOCK_BYTES = 64
KEY_ID_LENGTH = 8
NONCE_BYTES = 16

_FILLING = b"\0"


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    cipher: AESSIV = field(repr=False)


class _Keys:
    """The keys at hand: the first seals, and each opens what it has sealed."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """`keys`: one at least, each of `KEY_BYTES` random bytes."""
        self._keys = tuple(_Key(_id_of(key), AESSIV(key)) for key in keys)
        self._by_id = {key.id: key for key in self._keys}

    @classmethod
    def read(cls, text: str) -> Self:
        """Keys in Base64, with white space or commas between them. Raises ValueError, which repeats none of them."""
        found = [part for part in re.split(r"[\s,]+", text) if part]
        if not found:
            raise ValueError("there is no key")
        return cls(tuple(_key_of(part, number) for number, part in enumerate(found, 1)))

    @property
    def ids(self) -> tuple[str, ...]:
        """What each key is known by, the one that seals first. Says nothing of the key."""
        return tuple(key.id for key in self._keys)

    def _seal(self, text: bytes, bound_to: Sequence[bytes]) -> tuple[str, bytes]:
        key = self._keys[0]
        return key.id, key.cipher.encrypt(text, list(bound_to))

    def _read(self, written: str) -> tuple[AESSIV, bytes] | None:
        """The cipher and the bytes of `KEY-ID.BASE64`."""
        id, _, text = written.partition(".")
        key = self._by_id.get(id)
        if key is None:
            return None
        try:
            given = base64.b64decode(text, altchars=b"-_", validate=True)
        except ValueError:
            return None
        # Base64 has several texts for the same bytes: only the one that was written counts.
        return (key.cipher, given) if _written(given) == text else None


class AddressKeys(_Keys):
    """Keys of email addresses."""

    def seal(self, subject: str, address: str) -> str:
        """`KEY-ID.SEALED`, which only `open` for the same subject, with the same key, turns back."""
        text = address.encode()
        text = text.ljust(-(-len(text) // BLOCK_BYTES) * BLOCK_BYTES, _FILLING)
        id, sealed = self._seal(text, [subject.encode()])
        return f"{id}.{_written(sealed)}"

    def open(self, subject: str, sealed: str) -> str | None:
        """What was sealed for this subject; None where that cannot be had: another's, changed, or by a key that is not
        at hand."""
        found = self._read(sealed)
        if found is None:
            return None
        cipher, given = found
        try:
            return cipher.decrypt(given, [subject.encode()]).rstrip(_FILLING).decode()
        except (InvalidTag, ValueError):
            return None


class SessionKeys(_Keys):
    """Keys of what is left in browsers."""

    def seal(self, purpose: str, content: bytes) -> str:
        """`KEY-ID.SEALED`, another one each time, which only `open` for the same purpose, with the same key, turns
        back."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        id, sealed = self._seal(content, [purpose.encode(), nonce])
        return f"{id}.{_written(nonce + sealed)}"

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """As that of addresses."""
        found = self._read(sealed)
        if found is None:
            return None
        cipher, given = found
        try:
            return cipher.decrypt(given[NONCE_BYTES:], [purpose.encode(), given[:NONCE_BYTES]])
        except (InvalidTag, ValueError):
            return None


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode()


def _key_of(text: str, number: int) -> bytes:
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"key {number} is not {KEY_BYTES} bytes in Base64")
    return key


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"vitrine address key\0" + key).hexdigest()[:KEY_ID_LENGTH]
