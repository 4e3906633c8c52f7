"""Sealed addresses: what was sealed comes back for the same person and key, and for nobody and nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sealing import BLOCK_BYTES, KEY_BYTES, AddressKeys

FIRST, SECOND = bytes(range(KEY_BYTES)), bytes(range(KEY_BYTES, 0, -1))
ADDRESS = "ann@company.example"

_subjects = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=128)
_addresses = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=254)
_keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


class TestWhateverIsSealed:
    @given(key=_keys, subject=_subjects, address=_addresses)
    def test_comes_back_for_the_same_subject_and_key(self, key: bytes, subject: str, address: str) -> None:
        assert AddressKeys((key,)).open(subject, AddressKeys((key,)).seal(subject, address)) == address

    @given(subject=_subjects, other=_subjects, address=_addresses)
    def test_is_nothing_for_another_subject(self, subject: str, other: str, address: str) -> None:
        keys = AddressKeys((FIRST,))
        assert subject == other or keys.open(other, keys.seal(subject, address)) is None

    @given(key=_keys, other=_keys, address=_addresses)
    def test_is_nothing_for_another_key(self, key: bytes, other: bytes, address: str) -> None:
        sealed = AddressKeys((key,)).seal("ann", address)
        assert key == other or AddressKeys((other,)).open("ann", sealed) is None

    @given(key=_keys, other=_keys, address=_addresses)
    def test_is_nothing_for_another_key_under_the_same_name(self, key: bytes, other: bytes, address: str) -> None:
        theirs = AddressKeys((other,))
        sealed = f"{theirs.ids[0]}.{AddressKeys((key,)).seal('ann', address).partition('.')[2]}"
        assert key == other or theirs.open("ann", sealed) is None

    @given(address=_addresses, data=st.data())
    def test_is_nothing_with_a_character_changed(self, address: str, data: st.DataObject) -> None:
        keys = AddressKeys((FIRST, SECOND))
        sealed = keys.seal("ann", address)
        place = data.draw(st.integers(0, len(sealed) - 1))
        character = data.draw(st.characters(codec="utf-8").filter(lambda each: each != sealed[place]))
        assert keys.open("ann", sealed[:place] + character + sealed[place + 1 :]) is None
        assert keys.open("ann", sealed[:place] + sealed[place + 1 :]) is None
        assert keys.open("ann", sealed[:place] + character + sealed[place:]) is None

    def test_is_nothing_in_another_text_for_the_same_bytes(self) -> None:
        keys = AddressKeys((FIRST,))
        sealed = keys.seal("ann", ADDRESS)
        others = [f"{sealed[:-2]}{letter}=" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        assert [keys.open("ann", each) for each in others if each != sealed] == [None] * 25

    @given(address=_addresses, data=st.data())
    def test_is_nothing_with_a_bit_changed(self, address: str, data: st.DataObject) -> None:
        keys = AddressKeys((FIRST,))
        id, _, text = keys.seal("ann", address).partition(".")
        sealed = bytearray(base64.urlsafe_b64decode(text))
        bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
        sealed[bit // 8] ^= 1 << bit % 8
        assert keys.open("ann", f"{id}.{base64.urlsafe_b64encode(sealed).decode()}") is None

    @given(text=st.text(max_size=200))
    def test_what_was_never_sealed_is_nothing(self, text: str) -> None:
        keys = AddressKeys((FIRST,))
        assert keys.open("ann", text) is None
        assert keys.open("ann", f"{keys.ids[0]}.{text}") is None


class TestSealing:
    def test_the_same_address_is_sealed_alike_for_one_subject_and_otherwise_for_another(self) -> None:
        keys = AddressKeys((FIRST,))
        assert keys.seal("ann", ADDRESS) == keys.seal("ann", ADDRESS)
        assert keys.seal("ann", ADDRESS) != keys.seal("ben", ADDRESS)
        assert keys.seal("ann", ADDRESS) != keys.seal("ann", "ben@company.example")

    def test_neither_the_address_nor_its_length_is_to_be_seen(self) -> None:
        keys = AddressKeys((FIRST,))
        sealed = [keys.seal("ann", address) for address in ("a@b.example", ADDRESS, "x" * BLOCK_BYTES)]
        assert {len(each) for each in sealed} == {len("01234567.") + 108}
        assert len(keys.seal("ann", "x" * (BLOCK_BYTES + 1))) > len(sealed[0])
        assert [each for each in sealed if "ann" in each or "example" in each] == []


class TestKeys:
    def test_the_first_seals_and_each_opens_its_own(self) -> None:
        before, rotated, after = AddressKeys((FIRST,)), AddressKeys((SECOND, FIRST)), AddressKeys((SECOND,))
        old, new = before.seal("ann", ADDRESS), rotated.seal("ann", ADDRESS)
        assert (rotated.open("ann", old), rotated.open("ann", new)) == (ADDRESS, ADDRESS)
        assert (after.open("ann", old), after.open("ann", new)) == (None, ADDRESS)
        assert new == after.seal("ann", ADDRESS)
        assert rotated.ids == (*after.ids, *before.ids)

    @pytest.mark.parametrize("between", [" ", "\n", ",", " , \r\n"])
    def test_are_read_from_text(self, between: str) -> None:
        text = between.join((base64.b64encode(FIRST).decode(), base64.urlsafe_b64encode(SECOND).decode()))
        assert AddressKeys.read(f"\n{text}\n").ids == AddressKeys((FIRST, SECOND)).ids

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            (" \n", "there is no key"),
            ("secret", "key 1 is not 64 bytes in Base64"),
            (base64.b64encode(FIRST[1:]).decode(), "key 1 is not 64 bytes in Base64"),
            (base64.b64encode(FIRST).decode() + " s3cr\u00e9t!", "key 2 is not 64 bytes in Base64"),
        ],
    )
    def test_that_are_none_are_refused_without_being_repeated(self, text: str, problem: str) -> None:
        with pytest.raises(ValueError, match=f"^{problem}$"):
            AddressKeys.read(text)

    def test_are_not_shown(self) -> None:
        keys = AddressKeys((FIRST,))
        shown = repr(keys) + str(keys) + "".join(keys.ids)
        assert FIRST.hex()[:8] not in shown
        assert len(keys.ids[0]) == 8
