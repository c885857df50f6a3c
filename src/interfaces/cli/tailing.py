"""`turnout requests tail`: attempts as they end."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at, within
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import clock_time
from turnout.interfaces.cli.usage_actions import ShownAttempt, UsageActions

AT_ONCE = 1000
REMEMBERED = 5 * AT_ONCE
LOOK_SECONDS = 1.0


def tail_command(actions: UsageActions, wait: Callable[[float], None]) -> Callable[..., None]:
    """Return `turnout requests tail`."""

    def tail(
        lines: Annotated[int, typer.Option("--lines", "-n", help="How many to begin with.")] = 10,
        follow: Annotated[
            bool, typer.Option("--follow/--no-follow", help="Go on until Ctrl-C.")
        ] = True,
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Print attempts as they end, oldest first; with --json, each as a line of JSON."""
        within("--lines", lines, 0, AT_ONCE)
        plane, seen = gateway_at(url, token), _Seen()
        newest = actions.attempts(plane, {"limit": str(AT_ONCE), "since": "1h"})
        fresh = seen.fresh(newest)
        _print(fresh[len(fresh) - lines :], as_json=as_json)
        try:
            while follow:
                wait(LOOK_SECONDS)
                newest = actions.attempts(plane, {"limit": str(AT_ONCE), "since": "1h"})
                _print(seen.fresh(newest), as_json=as_json)
        except KeyboardInterrupt:
            return 0
        return 0

    return exits(tail)


class _Seen:
    """Which attempts have been printed, as far back as it matters."""

    def __init__(self) -> None:
        self._order: deque[tuple[str, int]] = deque()
        self._known: set[tuple[str, int]] = set()

    def fresh(self, newest: Iterable[ShownAttempt]) -> list[ShownAttempt]:
        """Return those that have not been seen, oldest first; the given ones are newest first."""
        fresh = [each for each in newest if (each.request, each.number) not in self._known]
        for each in reversed(fresh):
            self._order.append((each.request, each.number))
            self._known.add((each.request, each.number))
        while len(self._order) > REMEMBERED:
            self._known.discard(self._order.popleft())
        return fresh[::-1]


def _print(attempts: Iterable[ShownAttempt], *, as_json: bool) -> None:
    for attempt in attempts:
        text = json.dumps(asdict(attempt), default=str) if as_json else _line(attempt)
        typer.echo(text)


def _line(attempt: ShownAttempt) -> str:
    outcome = attempt.failure or attempt.outcome
    status = f" {attempt.status}" if attempt.status else ""
    cost = "" if attempt.cost is None else f" ${attempt.cost:.6f}"
    return (
        f"{clock_time(attempt.ended_at)} {attempt.request}#{attempt.number} {attempt.route} > "
        f"{attempt.provider}/{attempt.model} {outcome}{status} {attempt.seconds:.3f} s{cost} "
        f"({attempt.key})"
    )
