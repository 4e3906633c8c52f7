"""Email addresses: what is taken for one, in which form, and that no refusal repeats what was sent."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.email_address import ADDRESS_LENGTH_AT_MOST, EmailAddress, read_address, read_mailbox

ODD = "o'neil!#$%&*/?=^_`{|}~-@company.example"


@pytest.mark.parametrize(
    ("text", "kept", "wire", "needs_utf8"),
    [
        ("ann@company.example", "ann@company.example", "ann@company.example", False),
        ("Ann.Lee+x@Company.Example", "Ann.Lee+x@company.example", "Ann.Lee+x@company.example", False),
        ("ann@exämple.org", "ann@exämple.org", "ann@xn--exmple-cua.org", False),
        ("ann@xn--exmple-cua.org", "ann@exämple.org", "ann@xn--exmple-cua.org", False),
        ("jörg@company.example", "jörg@company.example", "jörg@company.example", True),
        ("jo\u0308rg@company.example", "jörg@company.example", "jörg@company.example", True),
        ("анна@пример.example", "анна@пример.example", "анна@xn--e1afmkfd.example", True),
        (ODD, ODD, ODD, False),
    ],
)
def test_an_address_has_one_form(text: str, kept: str, wire: str, needs_utf8: bool) -> None:
    assert read_address(text) == EmailAddress(kept, wire, wire.rpartition("@")[2], needs_utf8)
    assert read_address(kept).text == kept


NO_ADDRESSES = [
    "",
    "ann",
    "@company.example",
    "ann@",
    "ann@company",
    "ann@localhost",
    "ann@printer.local",
    "ann@a.invalid",
    "ann@@company.example",
    "ann@company@company.example",
    "ann@company.example.",
    "ann@.company.example",
    "ann@company..example",
    ".ann@company.example",
    "ann.@company.example",
    "an..n@company.example",
    "ann@-company.example",
    "ann@comp_any.example",
    "ann@127.0.0.1",
    "ann@[127.0.0.1]",
    "ann@[IPv6:::1]",
    " ann@company.example",
    "ann@company.example ",
    "ann lee@company.example",
    '"ann lee"@company.example',
    '"ann@company.example"@company.example',
    "Ann <ann@company.example>",
    "<ann@company.example>",
    "ann@company.example, ben@company.example",
    "ann@company.example;ben@company.example",
    "ann(comment)@company.example",
    "mailto:ann@company.example",
    "ann@company.example\n",
    "ann@company.example\r\nBcc: ben@company.example",
    "ann\r\nRCPT TO:<ben@company.example>@company.example",
    "ann@company.example\0",
    "ann@company.example\u2028Bcc: ben@company.example",
    "ann\u200b@company.example",
    "ann\u202e@company.example",
    "\ud800@company.example",
    "ann\x7f@company.example",
    # A mail program decodes what stands before the @ into an address of its own.
    "=?utf-8?q?ben=40company.example=3e?=@company.example",
    "a" * (ADDRESS_LENGTH_AT_MOST - len("@company.example") + 1) + "@company.example",
    "a@" + "b" * 64 + ".example",
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not an email address$") as raised:
        read_address(text)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_an_address_is_shown_by_no_trace() -> None:
    assert "ann" not in repr(read_address("ann@company.example"))


@given(text=st.text(max_size=40) | st.from_regex(r"[ -~]{1,12}@[a-z.\-]{1,12}\.example"))
def test_whatever_is_taken_fits_on_one_line_of_any_protocol(text: str) -> None:
    try:
        address = read_address(text)
    except ValueError:
        return
    for form in (address.text, address.wire):
        assert form.isprintable()
        assert form.count("@") == 1
        assert not set(form) & set(' <>()[]\\,;:"')
        # Of others the library takes no letter before the @.
        assert not form.isascii() or Address(addr_spec=form).addr_spec == form


class TestMailboxes:
    @pytest.mark.parametrize(
        ("text", "name", "address"),
        [
            ("privacy@company.example", "", "privacy@company.example"),
            (" <privacy@company.example> ", "", "privacy@company.example"),
            ("Privacy team <privacy@company.example>", "Privacy team", "privacy@company.example"),
            ('"Company, Ltd." <privacy@company.example>', "Company, Ltd.", "privacy@company.example"),
            ("Отдел данных <privacy@пример.example>", "Отдел данных", "privacy@xn--e1afmkfd.example"),
        ],
    )
    def test_are_read(self, text: str, name: str, address: str) -> None:
        mailbox = read_mailbox(text.strip())
        assert (mailbox.name, mailbox.address.wire) == (name, address)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "not an email address"),
            ("Privacy", "not an email address"),
            ("Privacy <privacy@company.example> x", "not an email address"),
            ("a@b.example, c@b.example", "not an email address"),
            ("a@b.example <c@b.example", "not an email address"),
            ("Privacy\r\nBcc: x@y.example <privacy@company.example>", "the name before the address has control"),
            ("Priv\u2028acy <privacy@company.example>", "the name before the address has control"),
            (
                "=?utf-8?q?a=0D=0ABcc:_x@y.example?= <privacy@company.example>",
                "the name before the address has control",
            ),
            ("Privacy <privacy@company.example\r\nBcc: x@y.example>", "not an email address"),
            ("Jörg <jörg@company.example>", "the address has letters before the @ that are not ASCII"),
        ],
    )
    def test_that_are_none_are_refused(self, text: str, problem: str) -> None:
        with pytest.raises(ValueError, match=problem):
            read_mailbox(text)
