"""What a command's end means to whoever started it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from turnout.interfaces.cli.actions import BadConfiguration, BadOptions, NoAnswer

Options = ParamSpec("Options")


def exits(command: Callable[Options, int]) -> Callable[Options, None]:
    """Turn what a command returns into an exit code, and what it raises into words.

    Bad input ends with 2, a gateway that does not answer with 1.
    """

    @wraps(command)
    def run(*args: Options.args, **options: Options.kwargs) -> None:
        try:
            code = command(*args, **options)
        except BadConfiguration as bad:
            for fault in bad.faults:
                typer.echo(fault, err=True)
            code = 2
        except BadOptions as bad:
            typer.echo(f"turnout: {bad}", err=True)
            code = 2
        except NoAnswer as refused:
            typer.echo(f"turnout: {refused}", err=True)
            code = 1
        raise typer.Exit(code)

    return run
