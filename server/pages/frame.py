"""What every page about a revision says around its text."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError
from markupsafe import Markup

from graph.data_map import DataMap
from graph.model import Revision
from server.notify.notice_links import policy_url
from server.pages.shelf import Shelf


def frame_values(data_map: DataMap, revision: Revision, shelf: Shelf, links: str) -> dict[str, object]:
    """What `policy_frame.html` is given. `spoken`: the attributes of what the policy itself says; `english`: of what
    stands within that and is said here; `address`: where the text will always be, for paper."""
    controller = data_map.elements.controller
    language, direction = _language(revision.language)
    is_in_force = revision.number == shelf.in_force
    return {
        "company": controller.name,
        "email": controller.email,
        "revision": revision,
        "shelf": shelf,
        "language": language,
        "spoken": Markup(' lang="{}" dir="{}"').format(revision.language, direction),
        "english": english_within(revision.language),
        "address": policy_url(links, revision.number),
        "canonical": policy_url(links, None if is_in_force else revision.number),
    }


def english_within(language: str) -> Markup:
    """The attribute of what is English and stands in a text of that language."""
    return Markup("") if language.partition("-")[0].lower() == "en" else Markup(' lang="en" dir="ltr"')


def _language(tag: str) -> tuple[str, str]:
    """Its name in English, and in which direction it is written."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return tag, "auto"
    return locale.get_display_name("en") or tag, locale.text_direction
