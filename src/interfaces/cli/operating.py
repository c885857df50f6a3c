"""Commands of who runs a gateway: serve, config, db."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.actions import Actions, BadOptions, ServeOptions
from turnout.interfaces.cli.options import CONFIG, AsJson, Config, MaybeConfig, port_within, within
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.revisions import add_revision_commands

MOST_WORKERS = 1024


def serve_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout serve`."""

    def serve(  # noqa: PLR0913 - Typer reads options from parameters
        config: Config = CONFIG,
        host: Annotated[str | None, typer.Option(help="Address of the data plane.")] = None,
        port: Annotated[int | None, typer.Option(help="Port of the data plane.")] = None,
        control_port: Annotated[int | None, typer.Option(help="Port of the control plane.")] = None,
        workers: Annotated[int | None, typer.Option(help="Data-plane processes.")] = None,
        role: Annotated[str, typer.Option(help="all, data or control.")] = "all",
        insecure: Annotated[
            bool, typer.Option("--insecure", help="Answer other machines without access keys.")
        ] = False,
        no_watch: Annotated[
            bool, typer.Option("--no-watch", help="Read the file again on SIGHUP alone.")
        ] = False,
    ) -> int:
        """Start the gateway. It follows changes of its file."""
        if role not in ("all", "data", "control"):
            raise BadOptions(f"--role: found {role!r}, expected all, data or control")
        port_within("--port", port)
        port_within("--control-port", control_port)
        within("--workers", workers, 1, MOST_WORKERS)
        return actions.serve(
            ServeOptions(
                config, host, port, control_port, workers, role, insecure, watch=not no_watch
            )
        )

    return exits(serve)


def config_group(actions: Actions) -> typer.Typer:
    """Return `turnout config`."""
    group = typer.Typer(no_args_is_help=True, help="Check and show the configuration.")

    def check(file: Annotated[Path, typer.Argument(help="The file.")] = CONFIG) -> int:
        """Print every fault with file, line, path, value and what was expected."""
        typer.echo(actions.check_configuration(file))
        return 0

    def show(
        config: Config = CONFIG,
        resolved: Annotated[
            bool, typer.Option("--resolved", help="Defaults too, not just what is set.")
        ] = False,
        as_json: AsJson = False,
    ) -> int:
        """Print the effective settings, secrets masked, and where each came from."""
        settings = actions.effective_settings(config)
        if not resolved:
            settings = [setting for setting in settings if setting.origin != "default"]
        if as_json:
            typer.echo(json.dumps([asdict(setting) for setting in settings], indent=2))
        else:
            rendering.show_settings(settings)
        return 0

    group.command("check")(exits(check))
    group.command("show")(exits(show))
    add_revision_commands(group, actions)
    return group


def database_group(actions: Actions) -> typer.Typer:
    """Return `turnout db`."""
    group = typer.Typer(no_args_is_help=True, help="Look after the store.")

    def upgrade(
        config: MaybeConfig = None,
        url: Annotated[str | None, typer.Option(help="The database, if no file says.")] = None,
    ) -> int:
        """Bring the store's schema up to date. `serve` does so by itself."""
        if config is not None and url is not None:
            raise BadOptions("--config and --url: expected one of them, found both")
        if url is None:
            config = config or CONFIG
        typer.echo(f"the store is at revision {actions.upgrade_database(config, url)}")
        return 0

    group.command("upgrade")(exits(upgrade))
    return group
