"""`turnout alerts`: what is the matter at a running gateway, and who need not be told."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from turnout.application.queries.list_alerts import AlertRow
from turnout.domain.alerting.alert import AlertState
from turnout.domain.alerting.rule import RuleName
from turnout.domain.alerting.silence import Silence
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.alert_actions import AlertActions, SilenceWish
from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import table

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def alerts_group(actions: AlertActions) -> typer.Typer:
    """Return `turnout alerts`."""
    group = typer.Typer(no_args_is_help=True, help="See alerts, silence them, try channels.")
    for name, make in (
        ("list", _list),
        ("rules", _rules),
        ("silences", _silences),
        ("silence", _silence),
        ("unsilence", _unsilence),
        ("test", _test),
    ):
        group.command(name)(make(actions))
    return group


def alert_table(rows: list[AlertRow]) -> None:
    """Print alerts, one a line."""
    table(
        ("state", "severity", "rule", "about", "since", "silenced", "what"),
        [
            (
                row.state,
                row.severity,
                row.rule,
                row.subject,
                moment(row.fired_at or row.since),
                moment(row.silenced_until),
                row.summary,
            )
            for row in rows
        ],
    )


def moment(epoch_seconds: float | None) -> str:
    """Return a moment with its day in UTC, `-` for None."""
    if epoch_seconds is None:
        return "-"
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%d %H:%M:%S}"


def _list(actions: AlertActions) -> Callable[..., None]:
    def list_(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """List alerts, the most urgent first. Ends with 1 if one fires that is not silenced."""
        rows = actions.show(gateway_at(url, token))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        elif rows:
            alert_table(rows)
        else:
            typer.echo("nothing is the matter")
        return 1 if any(map(is_loud, rows)) else 0

    return exits(list_)


def is_loud(row: AlertRow) -> bool:
    """Tell whether an alert fires, and nobody has silenced it."""
    return row.state is AlertState.FIRING and row.silenced_until is None


def _rules(actions: AlertActions) -> Callable[..., None]:
    def rules(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """List the rules that are applied."""
        rows = actions.rules(gateway_at(url, token))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        else:
            table(
                ("rule", "on", "severity", "fires after", "resolved after"),
                [
                    (
                        row.name,
                        "yes" if row.enabled else "no",
                        row.severity,
                        f"{row.for_seconds:g} s",
                        f"{row.keep_seconds:g} s",
                    )
                    for row in rows
                ],
            )
        return 0

    return exits(rules)


def _silences(actions: AlertActions) -> Callable[..., None]:
    def silences(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """List silences, the first to end first."""
        found = actions.silences(gateway_at(url, token))
        if as_json:
            typer.echo(json.dumps([asdict(each) for each in found], indent=2))
        else:
            table(
                ("id", "rule", "about", "until", "by", "why"),
                [
                    (
                        each.id,
                        each.rule or "every",
                        each.subject or "everything",
                        moment(each.until),
                        each.by,
                        each.reason or "-",
                    )
                    for each in found
                ],
            )
        return 0

    return exits(silences)


def _silence(actions: AlertActions) -> Callable[..., None]:
    def silence(  # noqa: PLR0913 - Typer reads options from parameters
        rule: Annotated[RuleName | None, typer.Option(help="Alerts of this rule.")] = None,
        about: Annotated[
            str | None, typer.Option(help="Alerts about this provider, or provider/model.")
        ] = None,
        lasting: Annotated[
            str, typer.Option("--for", help="How long: 90s, 30m, 12h or 7d.")
        ] = "1h",
        reason: Annotated[str, typer.Option(help="Why, for others.")] = "",
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Have nobody told of some alerts for a while."""
        if rule is None and about is None:
            raise BadOptions("expected --rule, --about or both, found neither")
        wish = SilenceWish(rule and rule.value, about, _seconds(lasting), reason)
        made = actions.silence(gateway_at(url, token), wish)
        typer.echo(json.dumps(asdict(made), indent=2) if as_json else _made(made))
        return 0

    return exits(silence)


def _unsilence(actions: AlertActions) -> Callable[..., None]:
    def unsilence(
        id: Annotated[str, typer.Argument(help="A silence of `turnout alerts silences`.")],
        url: Gateway = HERE,
        token: Token = None,
    ) -> int:
        """End a silence."""
        actions.end_silence(gateway_at(url, token), id)
        typer.echo(f"{id} has ended")
        return 0

    return exits(unsilence)


def _test(actions: AlertActions) -> Callable[..., None]:
    def test(
        channel: Annotated[str, typer.Argument(help="A channel of the configuration.")],
        url: Gateway = HERE,
        token: Token = None,
    ) -> int:
        """Send a test notice to a channel. Ends with 1 if it does not arrive."""
        actions.try_channel(gateway_at(url, token), channel)
        typer.echo(f"{channel} took the test notice")
        return 0

    return exits(test)


def _made(silence: Silence) -> str:
    return f"{silence.id}: silent until {moment(silence.until)} UTC"


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadOptions(f"--for: found {text!r}, expected a time span like 90s, 30m, 12h or 7d")
    return float(match[1]) * _UNITS[match[2]]
