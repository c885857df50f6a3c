"""The `turnout` command: its subcommands, put together."""

from importlib.metadata import version
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import Actions
from turnout.interfaces.cli.admins import admins_group
from turnout.interfaces.cli.alerts import alerts_group
from turnout.interfaces.cli.asking import explain_command, providers_group
from turnout.interfaces.cli.audit import audit_group
from turnout.interfaces.cli.budgets import budgets_group
from turnout.interfaces.cli.chains import chains_group
from turnout.interfaces.cli.chaos import chaos_group
from turnout.interfaces.cli.developing import demo_command, new_adapter_command, simulate_command
from turnout.interfaces.cli.keys import keys_group
from turnout.interfaces.cli.operating import config_group, database_group, serve_command
from turnout.interfaces.cli.rehearsing import rehearse_command
from turnout.interfaces.cli.secrets import secrets_group
from turnout.interfaces.cli.status import status_command, top_command
from turnout.interfaces.cli.tailing import tail_command
from turnout.interfaces.cli.usage import requests_group, stats_command


def make_cli(actions: Actions) -> typer.Typer:
    """Return the command, doing `actions`."""
    cli = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
    cli.callback()(_root)
    cli.command("serve")(serve_command(actions))
    cli.add_typer(config_group(actions), name="config")
    cli.command("explain")(explain_command(actions))
    cli.add_typer(providers_group(actions), name="providers")
    cli.add_typer(keys_group(actions.keys), name="keys")
    cli.add_typer(budgets_group(actions.budgets), name="budgets")
    cli.add_typer(secrets_group(actions.secrets), name="secrets")
    cli.command("stats")(stats_command(actions.usage))
    requests = requests_group(actions.usage)
    requests.command("tail")(tail_command(actions.usage, actions.status.wait))
    cli.add_typer(requests, name="requests")
    cli.command("status")(status_command(actions.status))
    cli.command("top")(top_command(actions.status))
    cli.add_typer(chains_group(actions.status), name="chains")
    cli.add_typer(alerts_group(actions.alerts), name="alerts")
    cli.add_typer(database_group(actions), name="db")
    cli.add_typer(admins_group(actions.accounts), name="admins")
    cli.add_typer(audit_group(actions.accounts), name="audit")
    cli.command("demo")(demo_command(actions))
    cli.command("simulate")(simulate_command(actions))
    cli.add_typer(chaos_group(actions), name="chaos")
    cli.command("rehearse")(rehearse_command(actions))
    cli.command("new-adapter")(new_adapter_command(actions))
    return cli


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"turnout {version('turnout')}")
        raise typer.Exit


def _root(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """A self-hosted AI gateway: one OpenAI-compatible endpoint in front of many providers."""
