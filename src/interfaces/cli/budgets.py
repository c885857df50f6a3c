"""`turnout budgets`: what callers may spend, at a running gateway."""

import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from turnout.domain.governance.budget import (
    BudgetKind,
    BudgetSettings,
    UnknownPrice,
    Window,
)
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.budget_actions import BudgetActions, BudgetRow
from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import table

ALERT_AT = (0.8,)


def budgets_group(actions: BudgetActions) -> typer.Typer:
    """Return `turnout budgets`."""
    group = typer.Typer(no_args_is_help=True, help="Show, set and remove budgets.")
    group.command("list")(_list(actions))
    group.command("set")(_set(actions))
    group.command("remove")(_remove(actions))
    return group


def _list(actions: BudgetActions) -> Callable[..., None]:
    def list_(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """List budgets: what is spent of them, what workers hold, and when they begin anew."""
        _show(actions.list(gateway_at(url, token)), as_json=as_json)
        return 0

    return exits(list_)


def _set(actions: BudgetActions) -> Callable[..., None]:
    def set_(  # noqa: PLR0913 - Typer reads options from parameters
        name: Annotated[str, typer.Argument(help="The budget, new or not.")],
        kind: Annotated[BudgetKind, typer.Option(help="Whose spending is counted.")],
        subject: Annotated[str, typer.Option(help="The key's id, or the name of the other.")],
        window: Annotated[Window, typer.Option(help="Of the calendar, in UTC.")],
        limit: Annotated[str, typer.Option(help="US dollars for each window.")],
        alert: Annotated[
            list[float] | None, typer.Option(help="Tell when this share is spent; 0.8 if none is.")
        ] = None,
        soft: Annotated[bool, typer.Option("--soft", help="Tell only, and stop nobody.")] = False,
        unknown_price: Annotated[
            UnknownPrice, typer.Option(help="May models be used whose price nobody knows?")
        ] = UnknownPrice.ALLOW,
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Set a budget; every worker goes by it within a second."""
        dollars = _dollars(limit)
        alerts = tuple(alert or ALERT_AT)
        settings = BudgetSettings(kind, subject, window, dollars, not soft, alerts, unknown_price)
        _show([actions.set(gateway_at(url, token), name, settings)], as_json=as_json)
        return 0

    return exits(set_)


def _remove(actions: BudgetActions) -> Callable[..., None]:
    def remove(
        name: Annotated[str, typer.Argument(help="A budget of `turnout budgets list`.")],
        url: Gateway = HERE,
        token: Token = None,
    ) -> int:
        """Remove a budget, and what has been counted for it."""
        actions.remove(gateway_at(url, token), name)
        typer.echo(f"{name} is removed")
        return 0

    return exits(remove)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise BadOptions(f"--limit: found {text!r}, expected an amount of dollars like 25 or 0.5")
    return amount


def _show(rows: list[BudgetRow], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2, default=str))
        return
    table(
        ("budget", "of", "spent", "held", "limit", "anew"),
        [
            (
                row.name,
                f"{row.kind} {row.subject}",
                f"${row.spent_dollars:.4f}",
                f"${row.reserved_dollars:.4f}",
                f"${row.limit_dollars:f} a {row.window}{'' if row.hard else ' (soft)'}",
                f"{row.resets_at:%Y-%m-%d %H:%M} UTC",
            )
            for row in rows
        ],
    )
