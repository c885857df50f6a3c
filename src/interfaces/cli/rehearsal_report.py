"""How a rehearsal is told: as tables and as JSON."""

import msgspec
from rich.console import Console

from turnout.interfaces.cli.rendering import table
from turnout.interfaces.rehearsal.report import Percentiles, RehearsalReport, Run

_COLUMNS = ("policies", "answered", "first token s", "total s", "tries", "dollars")


def show_rehearsal(report: RehearsalReport) -> None:
    """Print the report."""
    console = Console(soft_wrap=True)

    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False)

    run = report.run
    say(f"\n{report.scenario}: {report.description}", "bold")
    say(f"  {_summary(run)}")
    say(
        f"  virtual time, seed {report.seed}; percentiles are right within "
        f"{report.relative_error:.0%}; it ran for {run.ran_seconds:g} s"
    )
    table(
        ("deployment", "attempts", "share", "failed", "opened", "dollars"),
        [
            (
                one.deployment,
                str(one.attempts),
                f"{one.share:.2%}",
                _counted(one.failures) or "-",
                str(one.circuit_openings),
                _dollars(one.dollars),
            )
            for one in run.deployments
        ],
    )
    if run.worst_hours:
        hours = (f"{one.hour % 24:02d}:00 {one.availability:.3%}" for one in run.worst_hours)
        say(f"  worst hours: {', '.join(hours)}")
    if report.compared:
        say(f"\n  with and without, {report.compared[0].requests} requests each:")
        table(_COLUMNS, map(_row, report.compared))


def written(report: RehearsalReport) -> bytes:
    """Return the report as JSON."""
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def _summary(run: Run) -> str:
    refused = sum(run.refusals.values())
    told = f" ({_counted(run.refusals)})" if refused else ""
    return (
        f"{run.requests} requests: {run.availability:.3%} answered, {refused} refused{told}, "
        f"{run.broken} broken off; {run.attempts_per_request:.3f} attempts each; "
        f"seconds to the first token {_spread(run.first_token_seconds)}, in total "
        f"{_spread(run.seconds)} (p50/p95/p99)"
    )


def _row(run: Run) -> tuple[str, ...]:
    return (
        run.policies,
        f"{run.availability:.3%}",
        _spread(run.first_token_seconds),
        _spread(run.seconds),
        f"{run.attempts_per_request:.2f}",
        _dollars(run.dollars),
    )


def _spread(percentiles: Percentiles) -> str:
    return "/".join(map(_short, percentiles.values()))


def _short(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.2g}" if seconds < 10 else f"{seconds:.0f}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _dollars(amount: str | None) -> str:
    return "unknown" if amount is None else f"{float(amount):,.2f}"
