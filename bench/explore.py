"""What staff ask of a large map, over GraphQL, as the pages do: a picture of it, paths through it, and what falls if
something goes, with whom it is about."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.data import Graph, say
from bench.hot import SETTINGS
from bench.issuer import Issuer, issuer_served
from bench.load import ask_once, request
from bench.maps import large_map
from bench.ports import free_port
from bench.processes import Service, resident_mb, service
from bench.workload import PROFILES
from graph.engines.address import GraphAddress
from graph.model import Disclosure, MapElements, Processing, RevisionContent
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from server.viewer import Scope

#: Where the people are: the map has these, so that what falls is about them.
SERVICES = tuple(dict.fromkeys(service for each in PROFILES for service, _ in each.pairs))
CATEGORIES = tuple(dict.fromkeys(category for each in PROFILES for _, category in each.pairs))

_OUTLINE = """outline {
  isComplete
  elements { kind key name isNamed detail partOf engages countries isStated violations gaps }
  facts { kind key services categories source purpose recipient legalBasis case isIdentifiable isStated }
}"""
_PATHS = "{ totalCount isComplete nodes { isIdentifiable hops { element { __typename key } by { key } } } }"
_IMPACT = """{
  isComplete
  falls { element { __typename key } because { __typename key } }
  brokenPromises { clause { key } states { key } }
  findings { key message }
  people { count isComplete }
}"""


def questions(elements: MapElements) -> dict[str, str]:
    """What is asked, by what it is called: of those elements with which most would fall, and of the service that holds
    something of everybody."""
    facts: tuple[Processing | Disclosure, ...] = (*elements.processings, *elements.disclosures)
    service = _most(key for each in elements.disclosures for key in each.services)
    category = _most(key for each in facts for key in each.categories)
    recipient = _most(each.recipient for each in elements.disclosures)
    purpose = _most(each.purpose for each in facts)
    home = elements.controller.country
    country = _most(key for each in elements.recipients for key in each.countries if key != home)
    source = _most(each.source for each in elements.processings)
    located = {each.key: each.countries for each in elements.recipients}
    reached = _most(key for each in elements.disclosures if service in each.services for key in located[each.recipient])
    return {
        "outline": _OUTLINE,
        "paths, service to country": _paths(begins=("SERVICE", service), ends=("COUNTRY", reached)),
        "paths, category to anywhere": _paths(begins=("DATA_CATEGORY", category)),
        "paths, anywhere to recipient": _paths(ends=("RECIPIENT", recipient)),
        "paths, source to country": _paths(begins=("SOURCE", source), ends=("COUNTRY", country)),
        "paths, anywhere to country": _paths(ends=("COUNTRY", country)),
        "paths, all": _paths(),
        "impact, recipient": _impact("RECIPIENT", recipient),
        "impact, purpose": _impact("PURPOSE", purpose),
        "impact, country": _impact("COUNTRY", country),
        "impact, service": _impact("SERVICE", service),
        "impact, service of everybody": _impact("SERVICE", SERVICES[1]),
        "impact, source": _impact("SOURCE", source),
    }


def document(number: int, field: str) -> str:
    return f"{{ dataMap(number: {number}) {{ found: {field} }} }}"


def measured(graph: Graph, rounds: int, scratch: Path, elements: int, relationships: int) -> dict[str, Any]:
    """`graph`: with subjects as `load` leaves them. It is written to: the map comes into force as its next revision."""
    content = large_map(elements, relationships, services=SERVICES, categories=CATEGORIES)
    settings = {**graph.environment(), **SETTINGS, "VITRINE_PORT": str(free_port()), "VITRINE_NOTIFY": "off"}
    with (
        issuer_served() as issuer,
        service({**settings, **issuer.settings()}, scratch / "service.log") as running,
    ):
        say(f"Publishing a map of {elements:,} elements and {relationships:,} relationships …")
        number = asyncio.run(published(GraphAddress(**graph.address()), content))
        asked = {}
        for name, field in questions(content.elements).items():
            asked[name] = found = asyncio.run(_asked(running, issuer, number, field, rounds))
            say(f"  {name}: {found['seconds']} s")
        memory = {"service": resident_mb(running.process)}
        if running.engine is not None:
            memory["engine"] = resident_mb(running.engine)
    return {
        "elements": elements,
        "relationships": relationships,
        "asked": asked,
        "memory_mb": memory,
    }


async def published(address: GraphAddress, content: RevisionContent) -> int:
    """Its number. No rule is asked: what is made up breaks some."""
    now = datetime.now(UTC)
    async with Database(address, statement_seconds=300.0) as database:
        draft = await draft_revision(database, content, at=now)
        await publish_revision(database, draft.number, expected=draft.base, effective_at=now, at=now, rules=())
    return draft.number


async def _asked(running: Service, issuer: Issuer, number: int, field: str, rounds: int) -> dict[str, Any]:
    """The first time apart: what is kept for the next question is made then."""
    sent = request(
        running.port, "/graphql", {"query": document(number, field)}, issuer.mint("staff-of-bench", Scope.STAFF)
    )
    took: list[tuple[float, float, float]] = []
    for _ in range(rounds + 1):
        before, began = running.cpu(), time.perf_counter()
        answer = await ask_once(running.port, sent)
        seconds, after = time.perf_counter() - began, running.cpu()
        took.append((seconds, after[0] - before[0], after[1] - before[1]))
    if "errors" in answer:
        raise RuntimeError(f"this was refused: {json.dumps(answer)[:500]}")
    found = answer["data"]["dataMap"]["found"]
    return {
        "first_seconds": round(took[0][0], 3),
        **{
            name: round(statistics.median(each[place] for each in took[1:]), 3)
            for place, name in enumerate(("seconds", "service_cpu_seconds", "engine_cpu_seconds"))
        },
        "bytes": len(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()),
        "rows": _rows(found),
        "is_complete": found["isComplete"],
        "people": found.get("people"),
    }


def _rows(found: Mapping[str, Any]) -> int:
    if "totalCount" in found:
        return int(found["totalCount"])
    return len(found["falls"] if "falls" in found else found["elements"] + found["facts"])


def _most(keys: Iterable[str]) -> str:
    return Counter(keys).most_common(1)[0][0]


def _paths(*, begins: tuple[str, str] | None = None, ends: tuple[str, str] | None = None) -> str:
    given = [f"{name}: [{_named(*each)}]" for name, each in (("from", begins), ("to", ends)) if each]
    return f"paths({', '.join([*given, 'first: 50'])}) {_PATHS}"


def _impact(kind: str, key: str) -> str:
    return f"impact(of: [{_named(kind, key)}]) {_IMPACT}"


def _named(kind: str, key: str) -> str:
    return f'{{kind: {kind}, key: "{key}"}}'
