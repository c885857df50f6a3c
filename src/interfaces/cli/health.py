"""Commands on how a running gateway's providers are: providers health, providers probe."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from turnout.application.health.probing import ProbeOutcome
from turnout.application.health.standing import CircuitState
from turnout.application.queries.health_overview import HealthRow
from turnout.interfaces.cli.health_actions import HealthActions
from turnout.interfaces.cli.options import AsJson, Token, gateway_at
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import clock_time, table

HERE = "http://127.0.0.1:8081"
Gateway = Annotated[str, typer.Option("--url", help="The address of the gateway's control plane.")]


def add_health_commands(group: typer.Typer, actions: HealthActions) -> None:
    """Add `health` and `probe` to `turnout providers`."""

    def health(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """Show which models a running gateway asks, and why not others. Ends with 1 if none."""
        rows = actions.show(gateway_at(url, token))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        else:
            _show_health(rows)
        return 0 if any(row.admits for row in rows) else 1

    def probe(
        name: Annotated[str, typer.Argument(help="The provider.")],
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Have a running gateway ask a provider now. Ends with 1 if it is not there."""
        outcomes = actions.probe(gateway_at(url, token), name)
        if as_json:
            typer.echo(json.dumps([asdict(outcome) for outcome in outcomes], indent=2))
        else:
            for outcome in outcomes:
                typer.echo(_probe_line(outcome))
        return 0 if all(outcome.good for outcome in outcomes) else 1

    group.command("health")(exits(health))
    group.command("probe")(exits(probe))


def _show_health(rows: list[HealthRow]) -> None:
    columns = ("model", "circuit", "asked", "reason", "until", "calls", "errors", "last moved")
    table(
        columns,
        [
            (
                row.deployment,
                _state(row),
                "yes" if row.admits else "no",
                row.reason or "-",
                clock_time(row.until),
                str(row.calls),
                "-" if row.error_rate is None else f"{row.error_rate:.0%}",
                clock_time(row.moved_at),
            )
            for row in rows
        ],
    )


def _state(row: HealthRow) -> str:
    if row.cooling_down and row.state is CircuitState.CLOSED:
        return "cooling down"
    return row.state.replace("_", " ")


def _probe_line(outcome: ProbeOutcome) -> str:
    found = "is there" if outcome.good else "is NOT there"
    return (
        f"{outcome.account} {found}: {outcome.detail} "
        f"({outcome.kind} in {outcome.milliseconds:.0f} ms)"
    )
