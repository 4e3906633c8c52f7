"""Staff look at one person, and that person sees who looked, and when."""

from __future__ import annotations

import httpx2

from tests.journeys.vitrine import Caller, Vitrine

ANN = "example-buyer"
SUBJECT = "query ($id: ID!) { subject(id: $id) { key holdings { totalCount } } }"
LOOKED = "{ me { accessedBy { totalCount nodes { by accessedAt } } } }"


def test_a_look_leaves_a_trace(vitrine: Vitrine) -> None:
    with vitrine.served() as service:
        vitrine.load_examples()
        nobody_has_looked_at_me(service)
        somebody_who_is_not_staff_may_not_look(service)
        staff_look_at_me(service)
        i_see_who_looked(service)
        looking_for_nobody_leaves_nothing(service)


def nobody_has_looked_at_me(service: Caller) -> None:
    assert service.ask(LOOKED, subject=ANN)["me"]["accessedBy"]["totalCount"] == 0


def somebody_who_is_not_staff_may_not_look(service: Caller) -> None:
    for holder in ({"subject": "example-visitor"}, {"service": "account-area"}, {"job": "notices"}):
        assert _refused(service, ANN, **holder) == "FORBIDDEN"
    assert _refused(service, ANN) == "UNAUTHENTICATED"
    nobody_has_looked_at_me(service)


def staff_look_at_me(service: Caller) -> None:
    seen = service.ask(SUBJECT, {"id": ANN}, staff="olga")["subject"]
    assert seen == {"key": ANN, "holdings": {"totalCount": 13}}


def i_see_who_looked(service: Caller) -> None:
    accesses = service.ask(LOOKED, subject=ANN)["me"]["accessedBy"]
    assert [each["by"] for each in accesses["nodes"]] == ["olga"]


def looking_for_nobody_leaves_nothing(service: Caller) -> None:
    assert _refused(service, "nobody-we-know", staff="olga") == "NOT_FOUND"
    assert service.ask(LOOKED, subject="nobody-we-know")["me"]["accessedBy"]["totalCount"] == 0


def _refused(service: Caller, id: str, /, **holder: str) -> str:
    """The code that somebody gets who asks for a person."""
    response: httpx2.Response = service.client.post(
        "/graphql", json={"query": SUBJECT, "variables": {"id": id}}, headers=service.credential(**holder)
    )
    answer = response.json()
    assert answer["data"] == {"subject": None}
    code: str = answer["errors"][0]["extensions"]["code"]
    return code
