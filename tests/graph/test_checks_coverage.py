"""Which clauses state nothing of the map, and what they are there for; which elements no clause states."""

from __future__ import annotations

from dataclasses import replace

from graph.checks.coverage import ClauseRole, silent_clauses, unstated_elements
from graph.clauses import read_policy
from graph.model import MapElements, RetentionException
from tests.builders import a_controller, a_map, a_retention_rule, a_right, a_service, a_table

TEXT = """\
# Policy {#policy}

What we say. {#statement}

## Reading this {#reading}

Please read all of it. {#reading.please}

## Your rights {#rights}

You may: {#rights.list}

- see your data {#rights.access}
  - by letter {#rights.access.letter}
- complain {#rights.complain}

Nobody else may. {#rights.nobody}

| Who | What | Where |
|---|---|---|
| Acme | answers | Cyprus {#rights.acme} |

After a table. {#rights.after}
"""
POLICY = read_policy(TEXT).accepted()


def silent(elements: MapElements) -> dict[str, ClauseRole]:
    return {each.clause.key: each.role for each in silent_clauses(elements, POLICY)}


def test_silent_clauses_tell_what_they_are_there_for() -> None:
    assert silent(a_map(rights=(a_right(clauses=("rights.access.letter",)),))) == {
        "reading": ClauseRole.HEADING,
        "reading.please": ClauseRole.STATEMENT,
        "rights.list": ClauseRole.INTRODUCTION,
        "rights.complain": ClauseRole.STATEMENT,
        "rights.nobody": ClauseRole.INTRODUCTION,
        "rights.r1": ClauseRole.TABLE_HEAD,
        "rights.acme": ClauseRole.STATEMENT,
        "rights.after": ClauseRole.STATEMENT,
    }


def test_each_of_two_tables_has_a_head() -> None:
    head = ("Who", "What")
    policy = read_policy("\n\n".join(("## Who", a_table(head, ("Acme", "answers")), a_table(head, ("Nord", "keeps")))))
    told = silent_clauses(a_map(), policy.accepted())
    assert [each.clause.key for each in told if each.role is ClauseRole.TABLE_HEAD] == ["who.r1", "who.r3"]


def test_a_head_of_two_rows_is_one() -> None:
    table = a_table(("Who receives it", ""), ("Vendor", "Country"), ("Mailer", "CY"))
    told = silent_clauses(a_map(), read_policy(f"## Who\n\n{table}").accepted())
    assert [each.clause.key for each in told if each.role is ClauseRole.TABLE_HEAD] == ["who.r1", "who.r2"]


def test_an_exception_of_a_retention_rule_states_something() -> None:
    exception = RetentionException("disputes", "Disputes", ("rights.complain",))
    rules = (a_retention_rule(exceptions=(exception,)),)
    assert "rights.complain" in silent(a_map())
    assert "rights.complain" not in silent(a_map(retention_rules=rules))


def test_elements_that_no_clause_states_are_in_the_order_of_the_map() -> None:
    controller, shop = a_controller(clauses=()), a_service("shop", clauses=())
    elements = a_map(services=(a_service(), shop), rights=(a_right(clauses=()),))
    assert [type(each).__name__ for each in unstated_elements(elements)] == ["Service", "Right"]
    assert unstated_elements(replace(elements, controller=controller))[0] == controller
    assert unstated_elements(a_map()) == ()
