"""Where a notice leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from graph.notices import NoticeKind
from server.policy_html import ANCHOR


def policy_url(links: str, revision: int | None = None) -> str:
    """Where people read the policy of a revision, or the one in force."""
    return f"{links}/policy" if revision is None else f"{links}/policy/{revision}"


@dataclass(frozen=True, slots=True)
class NoticeLinks:
    """To the company's own pages about notices, or to the policy.

    `template`: an address with `{revision}`, `{notice}` (see `graph.notices.public_id`) and `{clause}` (a key, empty
    where the notice as a whole is meant) in it, each as often as is needed, or not at all. Where it is None, `links` is
    what the address of the policy begins with.
    """

    links: str
    template: str | None = None

    @property
    def leads_to_notices(self) -> bool:
        return self.template is not None

    def to_notice(self, kind: NoticeKind, revision: int, notice: str) -> str:
        """Of a withdrawn revision, which is shown to nobody, the policy in force."""
        if self.template is None:
            return policy_url(self.links, revision if kind is NoticeKind.REVISION else None)
        return self._filled(self.template, revision, notice, "").removesuffix("#")

    def to_clause(self, revision: int, notice: str, clause: str) -> str | None:
        """None where no address leads to one clause."""
        if self.template is None:
            return f"{policy_url(self.links, revision)}#{ANCHOR}{quote(clause, safe='')}"
        if "{clause}" not in self.template:
            return None
        return self._filled(self.template, revision, notice, clause)

    @staticmethod
    def _filled(template: str, revision: int, notice: str, clause: str) -> str:
        values = {"{revision}": str(revision), "{notice}": notice, "{clause}": quote(clause, safe="")}
        for name, value in values.items():
            template = template.replace(name, value)
        return template
