"""How far the telling of a revision is, as a table with bars and as JSON."""

from __future__ import annotations

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from graph.model import Channel
from graph.notices import UNSETTLED, DeliveryState, FanOutState, NoticeKind
from graph.store.delivery_status import NotifyStatus, Pace

BAR_WIDTH = 24
_TITLES = {NoticeKind.REVISION: "notices", NoticeKind.WITHDRAWAL: "notices that it was withdrawn"}
_STATES = {FanOutState.PENDING: "being written", FanOutState.DONE: "all written", FanOutState.STOPPED: "stopped"}


def status_table(status: NotifyStatus, pace: Pace | None) -> Group:
    """`pace`: how fast it goes just now, where that is known."""
    head = [f"Revision {status.revision}:"]
    head += [f"{each.notices:,} {_TITLES[each.kind]}, {_STATES[each.state]}" for each in status.fan_outs]
    states = [state for state in DeliveryState if status.count(state)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Channel")
    table.add_column("", width=BAR_WIDTH)
    for state in states:
        table.add_column(state.value, justify="right")
    for channel in Channel:
        counts = [status.counts.get((channel, state), 0) for state in states]
        if total := sum(counts):
            open_ = sum(count for state, count in zip(states, counts, strict=True) if state in UNSETTLED)
            bar = ProgressBar(total=total, completed=total - open_, width=BAR_WIDTH)
            table.add_row(channel.value, bar, *(f"{count:,}" for count in counts))
    parts: list[Text | Table] = [Text(" ".join([head[0], "; ".join(head[1:])])), table]
    if status.failures:
        failures = Table("Channel", "State", "Reason", "Count", box=None, pad_edge=False, header_style="bold")
        for each in status.failures:
            failures.add_row(each.channel.value, each.state.value, each.reason, f"{each.count:,}")
        parts.append(failures)
    if pace is not None:
        parts.append(Text(_shown(pace)))
    return Group(*parts)


def _shown(pace: Pace) -> str:
    if pace.seconds_left is None:
        return f"{pace.per_second:,.0f} deliveries/s"
    minutes, seconds = divmod(round(pace.seconds_left), 60)
    return f"{pace.per_second:,.0f} deliveries/s, {minutes}:{seconds:02} left"


def left_of(status: NotifyStatus) -> str:
    """What keeps a revision from being settled, in words."""
    counts = {
        "to be sent": status.queued,
        "to be fetched by products": status.unsettled - status.queued,
        "in doubt": status.count(DeliveryState.UNKNOWN),
    }
    said = [] if status.is_written else ["notices are still to be written"]
    return "; ".join(said + [f"{count:,} {what}" for what, count in counts.items() if count])


def status_as_json(status: NotifyStatus) -> dict[str, object]:
    deliveries: dict[str, dict[str, int]] = {}
    for (channel, state), count in status.counts.items():
        deliveries.setdefault(channel.value, {})[state.value] = count
    return {
        "revision": status.revision,
        "written": status.is_written,
        "settled": status.is_settled,
        "fan_outs": [
            {
                "kind": each.kind.value,
                "state": each.state.value,
                "notices": each.notices,
                "deliveries": each.deliveries,
                "begun_at": each.begun_at.isoformat(),
                "finished_at": each.finished_at and each.finished_at.isoformat(),
            }
            for each in status.fan_outs
        ],
        "deliveries": deliveries,
        "failures": [
            {"channel": each.channel.value, "state": each.state.value, "reason": each.reason, "count": each.count}
            for each in status.failures
        ],
    }
