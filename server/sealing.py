"""Email addresses as they are kept: sealed with a key that is not in the graph, each to the person whose it is.

AES-SIV (RFC 5297) with 256-bit keys: authenticated, and the same every time for the same person and address, so that a
report that is sent again changes nothing. Equal addresses of two people are sealed differently, and all of nearly one
length alike.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
#: Addresses are filled up to a multiple of this before they are sealed.
BLOCK_BYTES = 64
KEY_ID_LENGTH = 8

_FILLING = b"\0"


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    cipher: AESSIV = field(repr=False)


class AddressKeys:
    """The keys at hand: the first seals, and each opens what it has sealed."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """`keys`: one at least, each of `KEY_BYTES` random bytes."""
        self._keys = tuple(_Key(_id_of(key), AESSIV(key)) for key in keys)
        self._by_id = {key.id: key for key in self._keys}

    @classmethod
    def read(cls, text: str) -> AddressKeys:
        """Keys in Base64, with white space or commas between them. Raises ValueError, which repeats none of them."""
        found = [part for part in re.split(r"[\s,]+", text) if part]
        if not found:
            raise ValueError("there is no key")
        return cls(tuple(_key_of(part, number) for number, part in enumerate(found, 1)))

    @property
    def ids(self) -> tuple[str, ...]:
        """What each key is known by, the one that seals first. Says nothing of the key."""
        return tuple(key.id for key in self._keys)

    def seal(self, subject: str, address: str) -> str:
        """`KEY-ID.SEALED`, which only `open` for the same subject, with the same key, turns back."""
        key = self._keys[0]
        text = address.encode()
        text = text.ljust(-(-len(text) // BLOCK_BYTES) * BLOCK_BYTES, _FILLING)
        sealed = key.cipher.encrypt(text, [subject.encode()])
        return f"{key.id}.{_written(sealed)}"

    def open(self, subject: str, sealed: str) -> str | None:
        """What was sealed for this subject; None where that cannot be had: another's, changed, or by a key that is not
        at hand."""
        id, _, text = sealed.partition(".")
        key = self._by_id.get(id)
        if key is None:
            return None
        try:
            given = base64.b64decode(text, altchars=b"-_", validate=True)
            # Base64 has several texts for the same bytes: only the one that was written counts.
            if _written(given) != text:
                return None
            return key.cipher.decrypt(given, [subject.encode()]).rstrip(_FILLING).decode()
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
