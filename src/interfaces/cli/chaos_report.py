"""How chaos is told: scenarios and reports, as tables and as JSON."""

from collections.abc import Sequence

import msgspec
from rich.console import Console

from turnout.interfaces.chaos.checks import Check
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.cli.rendering import table

_HELD = {True: "yes", False: "NO", None: "not asked"}


def show_scenarios(scenarios: Sequence[Scenario]) -> None:
    """Print each scenario with what it is about."""
    table(
        ("scenario", "what happens", "providers", "needs"),
        [
            (one.name, one.description, ", ".join(one.providers), ", ".join(one.needs))
            for one in scenarios
        ],
    )


def show_report(report: Report) -> None:
    """Print one scenario's report."""
    console = Console(soft_wrap=True)

    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False)

    say(f"\n{report.scenario}: {report.description}", "bold")
    if report.missing:
        say(f"  not run: this gateway has no {', '.join(report.missing)}", "dim")
        return
    say(f"  {_summary(report)}")
    for note in report.notes:
        say(f"  note: {note}", "dim")
    table(("expected", "found", "wanted", "held"), map(_row, report.checks))
    for example in report.examples:
        say(f"  request {example.number}: {example.ending}, {example.status}: {example.detail}")
    say("  all held" if report.is_good else f"  {len(report.misses)} MISSED", "bold")


def written(reports: Sequence[Report]) -> bytes:
    """Return the reports as JSON."""
    content = [{**msgspec.to_builtins(report), "held": report.is_good} for report in reports]
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


def _summary(report: Report) -> str:
    endings = ", ".join(f"{count} {ending}" for ending, count in report.endings.items())
    answered = ", ".join(f"{count} by {name}" for name, count in report.answered_by.items())
    seconds = ", ".join(f"{share} {value * 1000:.0f} ms" for share, value in report.seconds.items())
    return (
        f"{report.requests} requests in {report.ran_seconds:.2f} s and {report.attempts} attempts: "
        f"{endings}; answered: {answered or 'none'}; time: {seconds}"
    )


def _row(check: Check) -> tuple[str, str, str, str]:
    held = f"{_HELD[check.held]} ({check.note})" if check.note else _HELD[check.held]
    return check.what, f"{check.found:.4g}", check.wanted, held
