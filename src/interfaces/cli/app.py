"""The `turnout` command: its subcommands and options."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.actions import Actions, BadConfiguration, BadOptions, ServeOptions
from turnout.interfaces.cli.explained import explained
from turnout.interfaces.cli.needs import capabilities_of, requirement_of

Options = ParamSpec("Options")
Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
Needs = Annotated[
    list[str], typer.Option("--needs", help="What the request needs: tools,vision,json_schema,...")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CONFIG = Path("turnout.yaml")


def make_cli(actions: Actions) -> typer.Typer:
    """Return the command, doing `actions`."""
    cli = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
    cli.callback()(_root)
    cli.command("serve")(_said(_serve(actions)))
    cli.command("explain")(_said(_explain(actions)))
    cli.command("demo")(_said(_demo(actions)))
    cli.add_typer(_config_commands(actions), name="config")
    cli.add_typer(_provider_commands(actions), name="providers")
    cli.add_typer(_database_commands(actions), name="db")
    return cli


def _said(command: Callable[Options, int]) -> Callable[Options, None]:
    """Turn what a command returns into an exit code, and bad input into words and exit code 2."""

    @wraps(command)
    def run(*args: Options.args, **options: Options.kwargs) -> None:
        try:
            code = command(*args, **options)
        except BadConfiguration as bad:
            for fault in bad.faults:
                typer.echo(fault, err=True)
            raise typer.Exit(2) from None
        except BadOptions as bad:
            typer.echo(f"turnout: {bad}", err=True)
            raise typer.Exit(2) from None
        raise typer.Exit(code)

    return run


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


def _serve(actions: Actions) -> Callable[..., int]:
    def serve(  # noqa: PLR0913 - Typer reads options from parameters
        config: Config = CONFIG,
        host: Annotated[str | None, typer.Option(help="Address of the data plane.")] = None,
        port: Annotated[int | None, typer.Option(help="Port of the data plane.")] = None,
        control_port: Annotated[int | None, typer.Option(help="Port of the control plane.")] = None,
        workers: Annotated[int | None, typer.Option(min=1, help="Data-plane processes.")] = None,
        role: Annotated[str, typer.Option(help="all, data or control.")] = "all",
        insecure: Annotated[
            bool, typer.Option("--insecure", help="Answer other machines without access keys.")
        ] = False,
    ) -> int:
        """Start the gateway."""
        if role not in ("all", "data", "control"):
            raise BadOptions(f"--role: found {role!r}, expected all, data or control")
        return actions.serve(
            ServeOptions(config, host, port, control_port, workers, role, insecure)
        )

    return serve


def _explain(actions: Actions) -> Callable[..., int]:
    def explain(
        model: Annotated[str, typer.Option("--model", "-m", help="A chain, model or address.")],
        needs: Needs = [],  # noqa: B006 - Typer reads it, nobody changes it
        stream: Annotated[bool, typer.Option("--stream", help="The answer is streamed.")] = False,
        input_tokens: Annotated[int, typer.Option(min=0, help="Length of the prompt.")] = 0,
        config: Config = CONFIG,
        as_json: AsJson = False,
    ) -> int:
        """Tell where a request would go, and why not elsewhere."""
        wanted = requirement_of(needs, stream=stream, input_tokens=input_tokens)
        explanation = actions.explain(config, model, wanted)
        if as_json:
            typer.echo(json.dumps(explained(explanation), indent=2))
        else:
            rendering.show_explanation(explanation)
        return 0 if explanation.plan is not None and explanation.plan.targets else 1

    return explain


def _demo(actions: Actions) -> Callable[..., int]:
    def demo(
        once: Annotated[bool, typer.Option("--once", help="End after the tour.")] = False,
    ) -> int:
        """Show the gateway at work on simulated providers: no key, no service, no network."""
        return asyncio.run(actions.run_demo(once))

    return demo


def _config_commands(actions: Actions) -> typer.Typer:
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

    group.command("check")(_said(check))
    group.command("show")(_said(show))
    return group


def _provider_commands(actions: Actions) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="Look at providers.")

    def list_(
        capability: Annotated[
            list[str], typer.Option("--capability", help="Only models that offer this.")
        ] = [],  # noqa: B006 - Typer reads it, nobody changes it
        config: Config = CONFIG,
        as_json: AsJson = False,
    ) -> int:
        """List providers and their models, also by capability."""
        rows = actions.list_providers(config, capabilities_of(capability, "--capability"))
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2, default=dict))
        else:
            rendering.show_providers(rows)
        return 0 if rows else 1

    group.command("list")(_said(list_))
    return group


def _database_commands(actions: Actions) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="Look after the store.")

    def upgrade(
        config: Annotated[Path | None, typer.Option("--config", "-c", help="The file.")] = None,
        url: Annotated[str | None, typer.Option(help="The database, if no file says.")] = None,
    ) -> int:
        """Bring the store's schema up to date. `serve` does so by itself."""
        if config is None and url is None:
            config = CONFIG
        typer.echo(f"the store is at revision {actions.upgrade_database(config, url)}")
        return 0

    group.command("upgrade")(_said(upgrade))
    return group
