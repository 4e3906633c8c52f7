"""Who may do what: scopes, and the shape of the ids that everything else relies on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from graph.errors import Forbidden, Unauthenticated
from server.viewer import ANONYMOUS, Scope, Viewer

REQUIREMENTS: dict[Scope, Callable[[Viewer], str]] = {
    Scope.SUBJECT: Viewer.require_subject,
    Scope.STAFF: Viewer.require_staff,
    Scope.SERVICE: Viewer.require_service,
    Scope.JOB: Viewer.require_job,
}


def viewer_with(*scopes: Scope) -> Viewer:
    return Viewer("holder-1", frozenset(scopes), "billing" if Scope.SERVICE in scopes else None)


def test_the_scopes_are_the_documented_ones() -> None:
    assert [scope.value for scope in Scope] == ["vitrine.subject", "vitrine.staff", "vitrine.service", "vitrine.job"]


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_opens_its_own_door_and_no_other(scope: Scope) -> None:
    viewer = viewer_with(scope)
    for wanted, require in REQUIREMENTS.items():
        if wanted is scope:
            assert require(viewer) == ("billing" if scope is Scope.SERVICE else "holder-1")
        else:
            with pytest.raises(Forbidden) as refusal:
                require(viewer)
            assert refusal.value.code == "FORBIDDEN"
            assert refusal.value.message == f"this needs the scope {wanted}, which the access token does not have"


def test_a_person_who_is_also_staff_may_do_both() -> None:
    viewer = viewer_with(Scope.SUBJECT, Scope.STAFF)
    assert viewer.require_subject() == "holder-1"
    assert viewer.require_staff() == "holder-1"
    assert viewer.is_staff
    assert not viewer.is_anonymous


@pytest.mark.parametrize("scope", Scope)
def test_nobody_is_asked_for_a_token_with_the_scope(scope: Scope) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        REQUIREMENTS[scope](ANONYMOUS)
    assert refusal.value.code == "UNAUTHENTICATED"
    assert refusal.value.message == f"this needs an access token with the scope {scope}: send Authorization: Bearer …"


def test_nobody_has_no_id_and_is_no_staff() -> None:
    assert ANONYMOUS.id is None
    assert ANONYMOUS.is_anonymous
    assert not ANONYMOUS.is_staff


def test_a_credential_without_scopes_is_somebody_who_may_do_nothing() -> None:
    viewer = Viewer("holder-1")
    assert not viewer.is_anonymous
    for require in REQUIREMENTS.values():
        with pytest.raises(Forbidden):
            require(viewer)


@pytest.mark.parametrize("value", ["", "a b", "x" * 129, "a\n"])
def test_a_viewer_with_a_malformed_id_cannot_exist(value: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        Viewer(value, frozenset({Scope.SUBJECT}))
    assert (
        refusal.value.message == "the id in the credential is malformed: an id has 1 to 128 characters, no whitespace"
    )


@pytest.mark.parametrize(
    ("scopes", "service"),
    [(frozenset({Scope.SERVICE}), None), (frozenset({Scope.STAFF}), "billing"), (frozenset[Scope](), "billing")],
)
def test_a_service_scope_and_a_service_come_together(scopes: frozenset[Scope], service: str | None) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        Viewer("holder-1", scopes, service)
    assert refusal.value.message == "a credential with the scope vitrine.service names one service, any other none"


def test_a_malformed_service_key_is_refused() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        Viewer("holder-1", frozenset({Scope.SERVICE}), "billing and more")
    assert refusal.value.message == (
        "the service key in the credential is malformed: a key has 1 to 128 characters, no whitespace"
    )


def test_scopes_without_a_holder_are_refused() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        Viewer(None, frozenset({Scope.STAFF}))
    assert refusal.value.message == "a credential with scopes names its holder"


def test_a_viewer_cannot_be_promoted() -> None:
    viewer = viewer_with(Scope.SUBJECT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        viewer.scopes = frozenset(Scope)  # type: ignore[misc]
