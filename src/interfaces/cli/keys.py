"""`turnout keys`: access keys of callers."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.key_actions import IssuedKey, KeyActions, KeyRow
from turnout.interfaces.cli.options import AsJson, MaybeConfig, Token, Url, whom_to_ask
from turnout.interfaces.cli.outcome import exits

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
Some = list[str]
PerMinute = Annotated[int | None, typer.Option(min=1, help="At most so many a minute.")]


def keys_group(actions: KeyActions) -> typer.Typer:
    """Return `turnout keys`."""
    group = typer.Typer(no_args_is_help=True, help="Issue, list, rotate and revoke access keys.")
    group.command("issue")(_issue(actions))
    group.command("list")(_list(actions))
    group.command("rotate")(_rotate(actions))
    group.command("revoke")(_revoke(actions))
    return group


def _issue(actions: KeyActions) -> Callable[..., None]:
    def issue(  # noqa: PLR0913 - Typer reads options from parameters
        name: Annotated[str, typer.Option("--name", help="Whose it is, or what it is for.")],
        team: Annotated[str | None, typer.Option(help="The team that it belongs to.")] = None,
        project: Annotated[str | None, typer.Option(help="The project.")] = None,
        route: Annotated[Some, typer.Option(help="Allow this `model` of requests.")] = [],  # noqa: B006
        model: Annotated[Some, typer.Option(help="Allow this model to answer.")] = [],  # noqa: B006
        provider: Annotated[Some, typer.Option(help="Allow this provider to answer.")] = [],  # noqa: B006
        network: Annotated[Some, typer.Option(help="Allow requests from 10.0.0.0/8.")] = [],  # noqa: B006
        metadata: Annotated[Some, typer.Option(help="NAME=VALUE, to find it by.")] = [],  # noqa: B006
        expires: Annotated[
            str | None, typer.Option(help="30d, 12h, or a time like 2027-01-01T00:00:00Z.")
        ] = None,
        requests_per_minute: PerMinute = None,
        tokens_per_minute: PerMinute = None,
        concurrent_requests: Annotated[
            int | None, typer.Option(min=1, help="At most so many at once.")
        ] = None,
        config: MaybeConfig = None,
        url: Url = None,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Issue a key and print its token, which cannot be shown again. All of it may be used
        unless options say otherwise; each may be given several times."""
        scope = _scope(route, model, provider, network)
        end = None if expires is None else _moment(expires, actions.now_seconds())
        limits = RateLimits(requests_per_minute, tokens_per_minute, concurrent_requests)
        settings = KeySettings(name, team, project, scope, _pairs(metadata), end, limits)
        _show(actions.issue(whom_to_ask(config, url, token), settings), as_json)
        return 0

    return exits(issue)


def _list(actions: KeyActions) -> Callable[..., None]:
    def list_(
        config: MaybeConfig = None, url: Url = None, token: Token = None, as_json: AsJson = False
    ) -> int:
        """List keys, also those that are good no longer."""
        rows = actions.list(whom_to_ask(config, url, token))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2, default=str))
        else:
            rendering.table(("id", "name", "of", "allowed", "until"), map(_cells, rows))
        return 0

    return exits(list_)


def _rotate(actions: KeyActions) -> Callable[..., None]:
    def rotate(
        id: Annotated[str, typer.Argument(help="A key of `turnout keys list`.")],
        overlap: Annotated[
            str, typer.Option(help="How long the present token stays good: 1h, 7d, 0s.")
        ] = "1h",
        config: MaybeConfig = None,
        url: Url = None,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Give a key a new token, good at once, and print it; it cannot be shown again."""
        where = whom_to_ask(config, url, token)
        _show(actions.rotate(where, id, _seconds("--overlap", overlap)), as_json)
        return 0

    return exits(rotate)


def _revoke(actions: KeyActions) -> Callable[..., None]:
    def revoke(
        id: Annotated[str, typer.Argument(help="A key of `turnout keys list`.")],
        config: MaybeConfig = None,
        url: Url = None,
        token: Token = None,
    ) -> int:
        """End a key for ever: within two seconds every worker refuses it."""
        actions.revoke(whom_to_ask(config, url, token), id)
        typer.echo(f"{id} is revoked")
        return 0

    return exits(revoke)


def _show(issued: IssuedKey, as_json: bool) -> None:
    if as_json:
        told = {**asdict(issued.key), "token": issued.token}
        typer.echo(json.dumps(told, indent=2, default=str))
        return
    typer.echo(issued.token)
    typer.echo(f"{issued.key.id} ({issued.key.name}): the token is not shown again", err=True)


def _scope(routes: Some, models: Some, providers: Some, networks: Some) -> Scope:
    try:
        return Scope(*map(frozenset, (routes, models, providers, networks)))
    except DomainError as error:
        raise BadOptions(error.message) from None


def _pairs(words: Some) -> dict[str, str]:
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise BadOptions(f"--metadata: found {word!r}, expected NAME=VALUE")
        pairs[name] = value
    return pairs


def _seconds(option: str, text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise BadOptions(f"{option}: found {text!r}, expected a time span like 90s, 30m, 12h or 7d")
    return float(match[1]) * _UNITS[match[2]]


def _moment(text: str, now_seconds: float) -> float:
    if _DURATION.fullmatch(text):
        return now_seconds + _seconds("--expires", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadOptions(
            f"--expires: found {text!r}, expected a time span like 30d or a time like "
            "2027-01-01T00:00:00Z"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _cells(row: KeyRow) -> tuple[str, ...]:
    parts = (
        ("routes", row.routes),
        ("models", row.models),
        ("providers", row.providers),
        ("from", row.networks),
    )
    allowed = "\n".join(f"{name}: {', '.join(words)}" for name, words in parts if words)
    until = "for ever" if row.expires_at is None else _day(row.expires_at)
    if row.revoked_at is not None:
        until = f"revoked {_day(row.revoked_at)}"
    owners = " / ".join(filter(None, (row.team, row.project)))
    return row.id, row.name, owners, allowed or "all", until


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
