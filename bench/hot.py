"""The hot query against the floor, in turns, at several numbers of clients."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import Graph, say
from bench.issuer import Issuer
from bench.ports import free_port
from bench.processes import Service, resident_mb, service, worker
from bench.workload import HOLDINGS, PROFILES, QUERY, Profile, profile_of

#: Everything is on. Rates are counted and checked as for anybody, but are higher than one address can reach.
SETTINGS: Mapping[str, str] = {
    "VITRINE_ADDRESS_REQUESTS_A_MINUTE": "10000000",
    "VITRINE_HOLDER_REQUESTS_A_MINUTE": "1000000",
    "VITRINE_METRICS_TOKEN": "a-token-of-the-bench",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often is measured. `people`: how many subjects of each profile are asked about; `holdings`: how
    many each of them has."""

    clients: Sequence[int] = (1, 16, 64)
    rounds: int = 3
    warm_up_seconds: float = 1.0
    seconds: float = 4.0
    people: int = 6000
    holdings: int = HOLDINGS


def chosen(profile: Profile, subjects: int, people: int) -> list[int]:
    """The numbers of subjects of one profile, at random, always the same."""
    numbers = [number for number in range(subjects) if profile_of(number) is profile]
    return random.Random(1).sample(numbers, min(people, len(numbers)))  # noqa: S311 (an order, no secret)


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that answers. `run`: measures it for one number of clients, with a seed for the order of subjects.
    `engine`: the process that runs the graph, where it is known. `port`: where it can be asked over HTTP, if it can."""

    name: str
    run: Callable[[int, int], dict[str, Any]]
    engine: int | None = None
    port: int | None = None


@contextmanager
def contenders(graph: Graph, subjects: int, issuer: Issuer, plan: Plan, scratch: Path) -> Iterator[list[Contender]]:
    """The floor, and a service for each profile (one process, two kinds of people)."""
    settings = {**graph.environment(), **issuer.settings(), **SETTINGS, "VITRINE_PORT": str(free_port())}
    tokens = {each.name: scratch / f"tokens-{each.name}.txt" for each in PROFILES}
    for each in PROFILES:
        issuer.write_tokens(chosen(each, subjects, plan.people), tokens[each.name])
    with service(settings, scratch / "service.log") as running:
        floor = {
            "address": graph.address(),
            "subjects": [number for each in PROFILES for number in chosen(each, subjects, plan.people)],
        }
        yield [
            Contender("floor", lambda clients, seed: _floor(running, floor, plan, clients, seed), running.engine),
            *(
                Contender(
                    each.name,
                    asked(running, "/graphql", QUERY, tokens[each.name], plan),
                    running.engine,
                    running.port,
                )
                for each in PROFILES
            ),
        ]


def in_turns(all_of_them: Sequence[Contender], plan: Plan) -> dict[str, Any]:
    """By number of clients and contender: the medians of the rounds. In each round every contender has its turn, in
    another order than in the round before, so that what else the machine does meets them alike."""
    found: dict[str, Any] = {}
    for each in all_of_them:
        each.run(max(plan.clients), 0)  # no process is measured before it has done all of it once
    for clients in plan.clients:
        runs: dict[str, list[dict[str, Any]]] = {each.name: [] for each in all_of_them}
        for turn in range(plan.rounds):
            first = turn % len(all_of_them)
            order = [*all_of_them[first:], *all_of_them[:first]]
            for each in order:
                runs[each.name].append(each.run(clients, turn))
        found[str(clients)] = {name: medians(each) for name, each in runs.items()}
        for name, each in found[str(clients)].items():
            say(f"  {clients:>3} clients  {name:<10} {each['rate']:>8.1f}/s  p50 {each['p50_ms']:.1f} ms")
    return found


def medians(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: round(statistics.median(each[key] for each in runs), 3) for key in runs[0]}


def _floor(running: Service, job: Mapping[str, Any], plan: Plan, clients: int, seed: int) -> dict[str, Any]:
    result = _timed(running, "bench.floor", job, plan, clients, seed)
    return {**result, "service_us": _us(result["cpu_seconds"], result["requests"])}


def asked(
    running: Service, path: str, query: str, tokens: Path, plan: Plan, *, named: bool = False
) -> Callable[[int, int], dict[str, Any]]:
    """Measures a process that answers `query` at `path`, for people with these tokens; `named`: it takes their id as
    its variable `id`."""
    job = {
        "port": running.port,
        "path": path,
        "query": query,
        "named": named,
        "tokens": str(tokens),
        "holdings": plan.holdings,
    }

    def run(clients: int, seed: int) -> dict[str, Any]:
        before = running.cpu()[0]
        result = _timed(running, "bench.load", job, plan, clients, seed)
        return {
            **result,
            "service_us": _us(running.cpu()[0] - before, result["answered"]),
            "client_us": _us(result["cpu_seconds"], result["requests"]),
            "service_mb": round(resident_mb(running.process), 1),
        }

    return run


def _timed(
    running: Service, module: str, job: Mapping[str, Any], plan: Plan, clients: int, seed: int
) -> dict[str, Any]:
    before = running.cpu()[1]
    timing = {"clients": clients, "warm_up_seconds": plan.warm_up_seconds, "seconds": plan.seconds, "seed": seed}
    result = worker(module, {**job, **timing})
    return {
        **result,
        "engine_us": _us(running.cpu()[1] - before, result["answered"]),
        "engine_mb": round(resident_mb(running.engine), 1) if running.engine else 0.0,
    }


def _us(seconds: float, number: float) -> float:
    return round(seconds / max(1.0, number) * 1e6, 1)
