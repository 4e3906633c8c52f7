"""The figures: `python -m bench WHAT`, or `make bench-WHAT`.

With `VITRINE_GRAPH_URL` and its companions, `hot`, `peers`, `reach`, `explore`, `telling` and `mail` are measured on
that graph, which must be empty; else on the embedded engine. Graphs loaded for all but `peers` and `import` are kept in
`.cache/bench` for the next run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import compare, explore, imports, mail, pages, peers, reach, report, telling
from bench.data import Graph, load, loaded, say
from bench.hot import Contender, Plan, asked, chosen, contenders, in_turns
from bench.issuer import issuer_served
from bench.processes import disk_mb
from bench.workload import HOLDINGS, PROFILES

FEW = 1_000


def hot(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The hot query against the floor; and its latency with many subjects over that with few."""
    plan = _plan(options)
    named = _named_graph()
    if named:
        graph = Graph(scratch / "data", named)
        figures: dict[str, Any] = {"import": load(graph, options.subjects, scratch)}
    else:
        graph, imported = loaded(options.subjects)
        figures = {"import": imported}
    with ExitStack() as stack:
        issuer = stack.enter_context(issuer_served())
        many = stack.enter_context(contenders(graph, options.subjects, issuer, plan, scratch))
        measured = in_turns(many, plan)
        figures |= {"subjects": options.subjects, "holdings": HOLDINGS, "hot": measured}
        _print(report.load_lines(figures["import"]))
        _print(report.hot_table(measured))
    if not named and options.subjects > FEW:
        figures["growth"] = _growth(graph, options.subjects, plan, scratch)
        _print(
            f"{name} with {options.subjects:,} subjects over that with {FEW:,}: {figures['growth'][key]:.2f}"
            for name, key in (
                ("p50", "p50"),
                ("CPU of the service", "service_cpu"),
                ("CPU of the engine", "engine_cpu"),
            )
        )
    return figures


def _growth(graph: Graph, subjects: int, plan: Plan, scratch: Path) -> dict[str, Any]:
    """One client alone, in turns: what more subjects do to an answer's time. Both services are new, and have answered
    alike: an engine that has served for long is a quicker one, whatever is in it."""
    wide = PROFILES[0].name
    alone = Plan((1,), max(5, plan.rounds), plan.warm_up_seconds, plan.seconds, plan.people)
    with ExitStack() as stack:
        issuer = stack.enter_context(issuer_served())
        both = []
        for name, some, number in (("many", graph, subjects), ("few", loaded(FEW)[0], FEW)):
            folder = scratch / name
            folder.mkdir()
            found = stack.enter_context(contenders(some, number, issuer, plan, folder))
            both.append(Contender(name, next(each.run for each in found if each.name == wide)))
        in_turns(both, Plan((max(plan.clients),), 2, plan.warm_up_seconds, plan.seconds, plan.people))
        measured = in_turns(both, alone)["1"]
    return {
        "p50": round(measured["many"]["p50_ms"] / measured["few"]["p50_ms"], 3),
        "service_cpu": round(measured["many"]["service_us"] / measured["few"]["service_us"], 3),
        "engine_cpu": round(measured["many"]["engine_us"] / measured["few"]["engine_us"], 3),
        "measured": measured,
    }


def beside_peers(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The hot query against `@neo4j/graphql` with Apollo, and the floor."""
    plan = _plan(options)
    # Never one that is kept: it is written to.
    graph = Graph(scratch / "data", _named_graph())
    load(graph, options.subjects, scratch)
    with ExitStack() as stack:
        issuer = stack.enter_context(issuer_served())
        all_of_them = stack.enter_context(contenders(graph, options.subjects, issuer, plan, scratch))
        address = graph.address()
        people = [number for profile in PROFILES for number in chosen(profile, options.subjects, plan.people)]
        say(f"Preparing the graph for the peer: {len(people):,} subjects")
        peers.prepare(address, people)
        engine = next((each.engine for each in all_of_them if each.engine), None)
        peer = stack.enter_context(peers.peer(address, issuer, engine, scratch / "peer.log"))
        ours = next(each.port for each in all_of_them if each.port)
        peers.require_same_answers(ours, peer.port, issuer, people[:: max(1, len(people) // 20)])
        all_of_them += [
            Contender(
                f"peer, {each.name}",
                asked(peer, "/", peers.QUERY, scratch / f"tokens-{each.name}.txt", plan, named=True),
                engine,
            )
            for each in PROFILES
        ]
        measured = in_turns(all_of_them, plan)
    _print(report.hot_table(measured))
    times = {
        clients: {
            each.name: round(found[each.name]["rate"] / max(1e-9, found[f"peer, {each.name}"]["rate"]), 2)
            for each in PROFILES
        }
        for clients, found in measured.items()
    }
    _print(f"{clients:>3} clients: {found} times the peer's requests/s" for clients, found in times.items())
    return {"subjects": options.subjects, "hot": measured, "times_the_peer": times}


def importing(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """The import against the bare driver writing the same rows, in turns; memory over the whole of it."""
    figures = imports.in_turns(options.subjects, options.rounds, scratch)
    _print([f"import over bare driver: {figures['ratio']:.2f}", f"memory: {figures['memory_mb']}"])
    return figures


def million(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Many subjects in the embedded engine: what they take, and that they are answered."""
    graph, imported = loaded(options.subjects, options.holdings)
    plan = _plan(options)
    with issuer_served() as issuer, contenders(graph, options.subjects, issuer, plan, scratch) as all_of_them:
        measured = in_turns(all_of_them, plan)
    disk, memory = disk_mb(graph.folder), _memory_mb(measured)
    disk_a_subject = round(disk * 1e6 / options.subjects)
    memory_a_subject = {name: round(mb * 2**20 / options.subjects) for name, mb in memory.items()}
    _print(report.load_lines(imported))
    _print(report.hot_table(measured))
    _print([f"disk: {disk:,.0f} MB, {disk_a_subject:,} bytes a subject"])
    _print(f"memory, {name}: {mb:,.0f} MB, {memory_a_subject[name]:,} bytes a subject" for name, mb in memory.items())
    return {
        "import": imported,
        "subjects": options.subjects,
        "holdings": options.holdings,
        "hot": measured,
        "disk_mb": round(disk, 1),
        "disk_bytes_a_subject": disk_a_subject,
        "memory_mb": memory,
        "memory_bytes_a_subject": memory_a_subject,
    }


def _memory_mb(measured: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, float]:
    """The most that was in memory of the service, of its engine, and of both."""
    asked = [found[each.name] for found in measured.values() for each in PROFILES]
    service, engine = (max(each[name] for each in asked) for name in ("service_mb", "engine_mb"))
    return {"service": service, "engine": engine, "both": round(service + engine, 1)}


def reaching(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Counting whom changes touch, beside a count over everything that is held."""
    figures = reach.measured(_writable(options.subjects, scratch), options.subjects, options.rounds, scratch)
    _print(report.reach_table(figures["reach"]))
    _print([f"memory: {figures['reach']['largest_mb']} MB at most"])
    return figures


def exploring(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """What staff ask of a large map, among so many people."""
    graph = _writable(options.subjects, scratch)
    figures = explore.measured(graph, options.rounds, scratch, options.elements, options.relationships)
    _print(report.explore_table(figures["asked"]))
    _print(f"memory, {name}: {mb:,.0f} MB" for name, mb in figures["memory_mb"].items())
    return {"subjects": options.subjects, **figures}


def tell(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Writing the notices of a revision that touches everybody, against the bare driver writing the same rows."""
    figures = telling.in_turns(_writable(options.subjects, scratch), options.rounds, scratch)
    _print(report.telling_table(figures["rounds"]))
    _print([f"notices over bare driver: {figures['ratio']:.2f}", f"memory: {figures['memory_mb']}"])
    return {"subjects": options.subjects, **figures}


def mailing(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Sending notices by email, against aiosmtplib alone sending the same messages."""
    graph = _writable(options.subjects, scratch)
    figures = mail.in_turns(graph, options.subjects, options.rounds, scratch)
    _print(report.mail_table(figures["rounds"]))
    _print([f"mail over aiosmtplib alone: {figures['ratio']:.2f}"])
    return figures


def comparing(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """Importing, matching, comparing and judging policies of several lengths."""
    figures = compare.in_turns(compare.SIZES, options.rounds)
    _print(report.compare_table(figures["texts"]))
    _print(f"{name}: grows by the power of {each}" for name, each in figures["exponent"].items())
    return figures


def visiting(options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """How soon the pages are there in a browser, and what they load."""
    figures = pages.measured(options.rounds, scratch)
    _print(report.pages_table(figures))
    return {"pages": figures}


def _writable(subjects: int, scratch: Path) -> Graph:
    """A graph with so many subjects: a copy, for the one that is kept is not written to."""
    graph = Graph(scratch / "data", _named_graph())
    if graph.settings:
        load(graph, subjects, scratch)
    else:
        shutil.copytree(loaded(subjects)[0].folder, graph.folder)
    return graph


WORK = {
    "hot": hot,
    "peers": beside_peers,
    "import": importing,
    "million": million,
    "reach": reaching,
    "explore": exploring,
    "pages": visiting,
    "telling": tell,
    "mail": mailing,
    "compare": comparing,
}
SUBJECTS = {
    "hot": 100_000,
    "peers": 20_000,
    "import": 100_000,
    "million": 1_000_000,
    "reach": 100_000,
    "explore": 100_000,
    "pages": 0,
    "telling": 100_000,
    "mail": 10_000,
    "compare": 0,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=WORK)
    parser.add_argument("--subjects", type=int, default=None, help=f"as many as {SUBJECTS} says")
    parser.add_argument("--holdings", type=int, default=HOLDINGS, help="of each subject, for `million`")
    parser.add_argument("--clients", default="1,16,64")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--people", type=int, default=6000, help="asked about, of each kind")
    parser.add_argument("--elements", type=int, default=5_000, help="of the map, for `explore`")
    parser.add_argument("--relationships", type=int, default=20_000, help="between them")
    parser.add_argument("--out", type=Path, help="the file for the figures, instead of bench/results/WHAT.json")
    options = parser.parse_args()
    options.subjects = options.subjects or SUBJECTS[options.what]
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        figures = WORK[options.what](options, Path(folder))
    say(f"Written to {report.write(options.what, figures, options.out)}")


def _named_graph() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.startswith("VITRINE_GRAPH_")}


def _plan(options: argparse.Namespace) -> Plan:
    clients = tuple(int(each) for each in options.clients.split(","))
    return Plan(clients, options.rounds, seconds=options.seconds, people=options.people, holdings=options.holdings)


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines), flush=True)  # noqa: T201 (the results)


if __name__ == "__main__":
    main()
