"""`turnout secrets`: seal secrets, and change the master key."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.options import CONFIG, Config
from turnout.interfaces.cli.outcome import exits
from turnout.interfaces.cli.secret_actions import SecretActions


def secrets_group(actions: SecretActions) -> typer.Typer:
    """Return `turnout secrets`."""
    group = typer.Typer(no_args_is_help=True, help="Seal secrets, and change the master key.")
    group.command("seal")(_seal(actions))
    group.command("rotate")(_rotate(actions))
    return group


def _seal(actions: SecretActions) -> Callable[..., None]:
    def seal(config: Config = CONFIG) -> int:
        """Print a reference to the secret on standard input, or to one that is asked for.

        It may stand in the configuration file and be sent to the API: only the holder of the master
        key can open it.
        """
        if sys.stdin.isatty():
            secret = typer.prompt("Secret", hide_input=True, confirmation_prompt=True)
        else:
            secret = sys.stdin.read().rstrip("\r\n")
        if not secret:
            raise BadOptions("seal: found nothing on standard input, expected a secret")
        typer.echo(actions.seal(config, secret))
        return 0

    return exits(seal)


def _rotate(actions: SecretActions) -> Callable[..., None]:
    def rotate(
        new_key: Annotated[
            Path, typer.Option("--new-key", help="A file with the new key; made if it is missing.")
        ],
        config: Config = CONFIG,
    ) -> int:
        """Seal everything under another master key, in the configuration's files and the store.

        Stop every replica first, and start them with the new key. Access keys stay good.
        """
        rotated = actions.rotate(config, new_key)
        typer.echo(f"sealed anew: {rotated.in_files} in files, {rotated.in_store} in the store")
        if rotated.remains is not None:
            typer.echo(rotated.remains)
        return 0

    return exits(rotate)
