"""`turnout chains`: the fallback chains of a running gateway."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from turnout.application.ports.views import ChainRow
from turnout.domain.shared.errors import alike
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.health import HERE, Gateway
from turnout.interfaces.cli.options import AsJson, Token, gateway_at
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.rendering import table
from turnout.interfaces.cli.status_actions import StatusActions


def chains_group(actions: StatusActions) -> typer.Typer:
    """Return `turnout chains`."""
    group = typer.Typer(no_args_is_help=True, help="Look at fallback chains.")
    group.command("list")(_list(actions))
    group.command("show")(_show(actions))
    return group


def _list(actions: StatusActions) -> Callable[..., None]:
    def list_(url: Gateway = HERE, token: Token = None, as_json: AsJson = False) -> int:
        """List chains. Ends with 1 if there is none."""
        rows = actions.chains(gateway_at(url, token))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2, default=dict))
        else:
            columns = ("chain", "strategy", "targets", "deadline", "attempts", "rescue")
            table(columns, map(_cells, rows))
        return 0 if rows else 1

    return exits(list_)


def _show(actions: StatusActions) -> Callable[..., None]:
    def show(
        name: Annotated[str, typer.Argument(help="The chain.")],
        url: Gateway = HERE,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Show one chain: its tiers with each target's share, and its rules."""
        rows = {row.name: row for row in actions.chains(gateway_at(url, token))}
        if name not in rows:
            raise BadOptions(f"no chain {name!r}{alike(name, rows)}")
        if as_json:
            typer.echo(json.dumps(asdict(rows[name]), indent=2, default=dict))
        else:
            _show_chain(rows[name])
        return 0

    return exits(show)


def _show_chain(row: ChainRow) -> None:
    on = "as usual" if row.on is None else ", ".join(row.on)
    typer.echo(
        f"{row.name}: {row.strategy}, at most {row.max_attempts} attempts within "
        f"{row.deadline_seconds:g} s, moves on {on}"
        + (", streams are rescued" if row.rescue else "")
    )
    table(
        ("tier", "target", "weight", "share"),
        [
            (
                str(number),
                target.target,
                str(target.weight),
                f"{target.weight / sum(each.weight for each in tier):.0%}",
            )
            for number, tier in enumerate(row.tiers, start=1)
            for target in tier
        ],
    )


def _cells(row: ChainRow) -> tuple[str, ...]:
    tiers = " > ".join(" | ".join(target.target for target in tier) for tier in row.tiers)
    return (
        row.name,
        row.strategy,
        tiers,
        f"{row.deadline_seconds:g} s",
        str(row.max_attempts),
        "yes" if row.rescue else "no",
    )
