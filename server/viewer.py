"""Who is asking: the holder of a verified credential, and what it lets them do.

A `Viewer` is made in one place, from a verified access token (`server.tokens`). Everything else asks it:

    viewer.require_subject()    the id of the person whose data may be shown, never taken from an argument
    viewer.require_staff()      the id that is written to the audit record
    viewer.require_service()    the key of the one service that may report what it holds
    viewer.require_job()        the id of the background job

Each raises `Unauthenticated` for an anonymous viewer and `Forbidden` for a credential without the scope; and
`IssuerUnavailable` where it cannot be told just now whose the credential is, but something may be shown to everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from graph.errors import Forbidden, IssuerUnavailable, Unauthenticated
from graph.opaque_ids import MAXIMUM_ID_LENGTH, is_opaque_id


class Scope(StrEnum):
    """What a credential is for. One token may have several; none of them includes another."""

    SUBJECT = "vitrine.subject"
    """A person, for what is held about themself."""

    STAFF = "vitrine.staff"
    """Compliance staff, for the whole data map and, with an audit record, any subject."""

    SERVICE = "vitrine.service"
    """A system that holds data, for the holdings of its own service only."""

    JOB = "vitrine.job"
    """The background jobs, such as the one that writes notices."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The holder of a credential, or nobody (`ANONYMOUS`).

    `id`: the opaque id in the credential, None only for nobody. `service`: the key of the service that the credential
    is bound to, present exactly when it has the scope `vitrine.service`. `untold`: why it cannot be told just now whose
    the credential is; nobody's, as long as nothing more is needed.

    Raises `Unauthenticated` where these do not fit together, so that a viewer that exists can be trusted.
    """

    id: str | None
    scopes: frozenset[Scope] = frozenset()
    service: str | None = None
    untold: IssuerUnavailable | None = None

    def __post_init__(self) -> None:
        if self.id is None and self.scopes:
            raise Unauthenticated("a credential with scopes names its holder")
        assert self.id is None or self.untold is None, "who is known is told"
        if self.id is not None and not is_opaque_id(self.id):
            raise Unauthenticated(
                f"the id in the credential is malformed: an id has 1 to {MAXIMUM_ID_LENGTH} characters, no whitespace"
            )
        if (self.service is not None) != (Scope.SERVICE in self.scopes):
            raise Unauthenticated(f"a credential with the scope {Scope.SERVICE} names one service, any other none")
        if self.service is not None and not is_opaque_id(self.service):
            raise Unauthenticated(
                "the service key in the credential is malformed: "
                f"a key has 1 to {MAXIMUM_ID_LENGTH} characters, no whitespace"
            )

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    @property
    def is_staff(self) -> bool:
        """For what is shown to staff and simply absent for others; what is refused to others calls `require_staff`."""
        return Scope.STAFF in self.scopes

    def require_told(self) -> None:
        """Before something is absent that staff might have been shown."""
        if self.untold is not None:
            raise self.untold

    def require_subject(self) -> str:
        """The person's own id: the only subject id that a person's query may use."""
        return self._require(Scope.SUBJECT)

    def require_staff(self) -> str:
        """The id of the member of staff, for the audit record."""
        return self._require(Scope.STAFF)

    def require_service(self) -> str:
        """The key of the service that the credential is bound to."""
        self._require(Scope.SERVICE)
        assert self.service is not None
        return self.service

    def require_job(self) -> str:
        """The id of the job's credential."""
        return self._require(Scope.JOB)

    def _require(self, scope: Scope) -> str:
        self.require_told()
        if self.id is None:
            raise Unauthenticated(f"this needs an access token with the scope {scope}: send Authorization: Bearer …")
        if scope not in self.scopes:
            raise Forbidden(f"this needs the scope {scope}, which the access token does not have")
        return self.id


ANONYMOUS = Viewer(id=None)
