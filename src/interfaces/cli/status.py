"""`turnout status`, and `turnout top`, which goes on showing it."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from turnout.interfaces.cli.actions import NoAnswer
from turnout.interfaces.cli.alerts import is_loud
from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at, within
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.screen import screen
from turnout.interfaces.cli.status_actions import GatewayStatus, StatusActions

LONGEST_PAUSE_SECONDS = 3600
Since = Annotated[str, typer.Option(help="The traffic of so long: 15m, 1h, 24h.")]


def status_command(actions: StatusActions) -> Callable[..., None]:
    """Return `turnout status`."""

    def status(
        since: Since = "1h", url: Gateway = HERE, token: Token = None, as_json: AsJson = False
    ) -> int:
        """Show a running gateway on one screen. Ends with 1 if an alert fires, or no model is
        asked."""
        found = actions.status(gateway_at(url, token), since)
        if as_json:
            typer.echo(json.dumps(asdict(found), indent=2, default=str))
        else:
            Console().print(screen(found, since))
        return 0 if _is_well(found) else 1

    return exits(status)


def top_command(actions: StatusActions) -> Callable[..., None]:
    """Return `turnout top`."""

    def top(
        since: Since = "15m",
        every: Annotated[int, typer.Option(help="Seconds between looks.")] = 2,
        rounds: Annotated[
            int | None, typer.Option(help="Stop after so many looks, else at Ctrl-C.")
        ] = None,
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Keep a running gateway's status on the screen; with --json, a line for each look."""
        within("--every", every, 1, LONGEST_PAUSE_SECONDS)
        within("--rounds", rounds, 1, 10**9)
        plane = gateway_at(url, token)

        def look() -> GatewayStatus:
            return actions.status(plane, since)

        try:
            if as_json:
                _print_on(look, actions.wait, every, rounds)
            else:
                _draw_on(look, actions.wait, every, rounds, since)
        except KeyboardInterrupt:
            return 0
        return 0

    return exits(top)


def _print_on(
    look: Callable[[], GatewayStatus],
    wait: Callable[[float], None],
    every: int,
    rounds: int | None,
) -> None:
    done = 0
    while True:
        typer.echo(json.dumps(asdict(look()), default=str))
        done += 1
        if done == rounds:
            return
        wait(every)


def _draw_on(
    look: Callable[[], GatewayStatus],
    wait: Callable[[float], None],
    every: int,
    rounds: int | None,
    since: str,
) -> None:
    """Draw again and again; a gateway that does not answer is waited for once it has been seen."""
    done = 1
    with Live(screen(look(), since), auto_refresh=False, screen=rounds is None) as live:
        while done != rounds:
            wait(every)
            done += 1
            try:
                live.update(screen(look(), since), refresh=True)
            except NoAnswer as problem:
                live.update(str(problem), refresh=True)


def _is_well(status: GatewayStatus) -> bool:
    is_asked = any(row.admits for row in status.health) or not status.health
    return is_asked and not any(map(is_loud, status.alerts))
