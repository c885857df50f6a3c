"""The outcome as Markdown for people and as JSON for programs."""

import json
import statistics
from dataclasses import asdict, dataclass

from benchmarks.samples import Asked, Lane, Outcome

_BASELINES = ("nginx", "smg")
_NOTES = ("requests/s", "p50 ms", "streams", "chunks/s", "whole tree MB", "CPU seconds")
_INTRODUCTION = """\
# Performance

Written by `benchmarks/`; do not edit. [benchmarks/README.md](../benchmarks/README.md) says how it
measures. Each gateway runs as one worker against an upstream on loopback; CPU is that of its whole
process tree, from `/proc`. Gateways take turns within a round, and a ratio is the median of the
ratios within rounds: it holds on a busy machine, where the absolute figures do not.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """All that one run of the benchmarks found."""

    command: str
    machine: dict[str, str]
    versions: dict[str, str]
    outcomes: list[Outcome]


def as_json(run: Run) -> str:
    """Every sample of every round."""
    return json.dumps(asdict(run), indent=2, ensure_ascii=False) + "\n"


def as_markdown(run: Run) -> str:
    """The whole of docs/performance.md."""
    lines = [_INTRODUCTION, "```sh", run.command, "```", "", "## Machine", ""]
    lines += [f"- {name}: {value}" for name, value in run.machine.items()]
    lines += [f"- {name}: {version}" for name, version in run.versions.items()]
    lines += ["", "## What was asked", "", *_asked_table(run.outcomes)]
    for outcome in run.outcomes:
        lines += ["", f"## {outcome.scenario}", "", f"{outcome.title}. Unit: {outcome.unit}.", ""]
        lines += _table(outcome)
    return "\n".join(lines) + "\n"


def as_text(outcome: Outcome) -> str:
    """One scenario's table, for the terminal."""
    return "\n".join([f"{outcome.scenario}: {outcome.title} ({outcome.unit})", *_table(outcome)])


def _asked_table(outcomes: list[Outcome]) -> list[str]:
    rows = [
        [outcome.scenario, *_verdict(outcome, asked)]
        for outcome in outcomes
        for asked in outcome.asked
    ]
    return _markdown(["Scenario", "Asked", "Measured", ""], rows)


def _verdict(outcome: Outcome, asked: Asked) -> list[str]:
    wanted = (
        f"{asked.lane}: at most {asked.limit:g} × {asked.baseline}"
        if asked.baseline
        else f"{asked.lane}: under {asked.limit:g} {outcome.unit}"
    )
    measured = _measured(outcome, asked)
    if measured is None:
        return [wanted, "not measured", ""]
    unit = "×" if asked.baseline else outcome.unit
    return [wanted, f"{measured:.2f} {unit}", "met" if measured <= asked.limit else "**missed**"]


def _measured(outcome: Outcome, asked: Asked) -> float | None:
    lane = outcome.lane(asked.lane)
    if lane is None or not lane.values:
        return None
    if asked.baseline is None:
        return statistics.median(lane.values)
    baseline = outcome.lane(asked.baseline)
    return lane.ratio_to(baseline) if baseline else None


def _table(outcome: Outcome) -> list[str]:
    baselines = [lane for name in _BASELINES if (lane := outcome.lane(name))]
    notes = [n for n in _NOTES if any(lane.median_note(n) is not None for lane in outcome.lanes)]
    heads = ["", "min", "median", "max", *(f"× {lane.name}" for lane in baselines), *notes]
    rows = [_row(lane, baselines, notes) for lane in outcome.lanes]
    failures = [f"- {lane.name} failed: {lane.failure}" for lane in outcome.lanes if lane.failure]
    return [*_markdown(heads, rows), *([""] if failures else []), *failures]


def _row(lane: Lane, baselines: list[Lane], notes: list[str]) -> list[str]:
    values = lane.values
    if lane.failure or not values:
        return [lane.name, "failed"]
    spread = (min(values), statistics.median(values), max(values))
    ratios = (lane.ratio_to(baseline) for baseline in baselines)
    observed = (lane.median_note(name) for name in notes)
    return [
        lane.name,
        *(_figure(value) for value in spread),
        *("" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        *("" if value is None else _figure(value) for value in observed),
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _markdown(heads: list[str], rows: list[list[str]]) -> list[str]:
    full = [row + [""] * (len(heads) - len(row)) for row in rows]
    widths = [max(len(row[i]) for row in [heads, *full]) for i in range(len(heads))]
    rule = ["-" * max(3, width) for width in widths]

    def line(cells: list[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    return [line(heads), f"| {' | '.join(rule)} |", *map(line, full)]
