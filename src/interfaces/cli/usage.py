"""Commands on what was used: stats, requests list, requests show."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import Dimension
from turnout.application.queries.usage import Figures, Measure, Told
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at, within
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import clock_time, table
from turnout.interfaces.cli.usage_actions import Question, ShownAttempt, ShownRequest, UsageActions

_BAR = 40
Since = Annotated[str, typer.Option(help="So long ago (30m, 24h, 7d), or a moment.")]
Until = Annotated[str | None, typer.Option(help="The end, now if not said.")]
Only = Annotated[
    list[str], typer.Option(help="NAME=VALUE with a provider, model, route, key, team or project.")
]


def stats_command(actions: UsageActions) -> Callable[..., None]:
    """Return `turnout stats`."""

    def stats(  # noqa: PLR0913
        by: Annotated[Dimension | None, typer.Option(help="Told apart by what.")] = None,
        first: Annotated[Measure | None, typer.Option(help="The ten with the most of it.")] = None,
        since: Since = "24h",
        until: Until = None,
        only: Only = [],  # noqa: B006
        as_csv: Annotated[bool, typer.Option("--csv", help="CSV, a line for each step.")] = False,
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Show what a running gateway was used for: traffic, success, latency, tokens, cost."""
        plane = gateway_at(url, token)
        asked = _question(only, by=by, measure=first, since=since, until=until)
        if as_csv:
            if first is not None:
                raise BadOptions("--csv and --first: expected one of them, found both")
            typer.echo(actions.series_csv(plane, asked), nl=False)
            return 0
        told = (actions.summary if first is None else actions.top)(plane, asked)
        if as_json:
            typer.echo(json.dumps(asdict(told), indent=2, default=str))
        else:
            _show_stats(told, by)
        return 0

    return exits(stats)


def requests_group(actions: UsageActions) -> typer.Typer:
    """Return `turnout requests`."""
    group = typer.Typer(no_args_is_help=True, help="Look into requests and their attempts.")
    group.command("list")(_list(actions))
    group.command("show")(_show(actions))
    return group


def _list(actions: UsageActions) -> Callable[..., None]:
    def list_(  # noqa: PLR0913
        outcome: Annotated[AttemptOutcome | None, typer.Option(help="Those that ended so.")] = None,
        failure: Annotated[FailureKind | None, typer.Option(help="Those that failed so.")] = None,
        since: Since = "24h",
        until: Until = None,
        only: Only = [],  # noqa: B006
        limit: Annotated[int, typer.Option(help="How many, at most 1000.")] = 20,
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """List the newest attempts of a running gateway, newest first."""
        within("--limit", limit, 1, 1000)
        asked = _question(
            only, outcome=outcome, failure=failure, since=since, until=until, limit=str(limit)
        )
        found = actions.attempts(gateway_at(url, token), asked)
        if as_json:
            typer.echo(json.dumps([asdict(each) for each in found], indent=2, default=str))
        else:
            _show_attempts(found)
        return 0

    return exits(list_)


def _show(actions: UsageActions) -> Callable[..., None]:
    def show(
        request: Annotated[str, typer.Argument(help="Its x-turnout-request-id.")],
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Show the attempts that one request took, and when."""
        found = actions.request(gateway_at(url, token), request)
        if as_json:
            typer.echo(json.dumps(asdict(found), indent=2, default=str))
        else:
            _show_request(found)
        return 0

    return exits(show)


def _question(only: Iterable[str], **values: str | None) -> Question:
    asked = {name: str(value) for name, value in values.items() if value is not None}
    for pair in only:
        name, _, value = pair.partition("=")
        if name not in list(Dimension) or not value:
            expected = ", ".join(f"{dimension}=NAME" for dimension in Dimension)
            raise BadOptions(f"--only: found {pair!r}, expected one of {expected}")
        asked[name] = value
    return asked


def _show_stats(told: Told, by: Dimension | None) -> None:
    columns = (
        by.value if by else "",
        "requests",
        "success",
        "attempts",
        "failed",
        "saved",
        "cached",
        "p50",
        "p95",
        "p99",
        "tokens in",
        "tokens out",
        "$",
        "$ not spent",
    )
    table(columns, [(row.name or "-", *_cells(row.figures)) for row in told.rows])
    unpriced = sum(row.figures.unpriced for row in told.rows)
    if unpriced:
        typer.echo(f"the cost of {unpriced} attempts is unknown: their models have no price")


def _cells(figures: Figures) -> Iterable[str]:
    rate = figures.success_rate
    rate = figures.attempt_success_rate if rate is None else rate
    latency, tokens = figures.latency, figures.tokens
    return (
        f"{figures.requests:,}",
        "-" if rate is None else f"{rate:.2%}",
        f"{figures.attempts:,}",
        f"{figures.failed:,}",
        f"{figures.saved:,}",
        f"{figures.cached + figures.shared:,}",
        *map(_seconds, (latency.p50, latency.p95, latency.p99)),
        f"{tokens.get('input_tokens', 0):,}",
        f"{tokens.get('output_tokens', 0):,}",
        f"{figures.cost:.4f}",
        f"{figures.avoided_cost:.4f}",
    )


def _show_attempts(attempts: Iterable[ShownAttempt]) -> None:
    columns = ("ended", "request", "nr", "route", "model", "key", "outcome", "took", "tokens", "$")
    table(
        columns,
        [
            (
                clock_time(each.ended_at),
                each.request,
                str(each.number),
                each.route,
                f"{each.provider}/{each.model}",
                each.key,
                _outcome(each),
                _seconds(each.seconds),
                _tokens(each),
                "?" if each.cost is None else f"{each.cost:.6f}",
            )
            for each in attempts
        ],
    )


def _show_request(request: ShownRequest) -> None:
    typer.echo(
        f"{request.request}: began {clock_time(request.began_at)}, took {request.seconds:.3f} s"
    )
    table(
        ("nr", "model", "outcome", "from", "took", "tokens", "$", ""),
        [
            (
                str(each.number),
                f"{each.provider}/{each.model}",
                _outcome(each),
                f"{each.started_at - request.began_at:.3f} s",
                _seconds(each.seconds),
                _tokens(each),
                "?" if each.cost is None else f"{each.cost:.6f}",
                _bar(each, request),
            )
            for each in request.attempts
        ],
    )


def _bar(attempt: ShownAttempt, request: ShownRequest) -> str:
    """Draw when the attempt was under way within its request."""
    scale = _BAR / request.seconds if request.seconds > 0 else 0.0
    before = int((attempt.started_at - request.began_at) * scale)
    return " " * before + "=" * max(1, round(attempt.seconds * scale))


def _outcome(attempt: ShownAttempt) -> str:
    status = f" {attempt.status}" if attempt.status else ""
    return f"{attempt.failure}{status}" if attempt.failure else attempt.outcome.value


def _tokens(attempt: ShownAttempt) -> str:
    if attempt.tokens is None:
        return "-"
    return f"{attempt.tokens['input_tokens']:,} + {attempt.tokens['output_tokens']:,}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.3f} s"
