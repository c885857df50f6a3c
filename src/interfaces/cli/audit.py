"""Commands on the audit log, on the store itself: audit."""

import re
from typing import Annotated

import typer

from turnout.interfaces.cli.account_actions import AccountActions
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.options import CONFIG, Config
from turnout.interfaces.cli.outcome import exits

_NOTED = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


def audit_group(actions: AccountActions) -> typer.Typer:
    """Return `turnout audit`."""
    group = typer.Typer(no_args_is_help=True, help="Look into the audit log.")

    def verify(
        expect: Annotated[
            str | None,
            typer.Option(help="NUMBER:HASH as printed earlier: finds what was cut off the end."),
        ] = None,
        config: Config = CONFIG,
    ) -> int:
        """Check that no line was changed, added or taken away. Ends with 1 at the first bad one."""
        verdict = actions.verify_audit(config, None if expect is None else _noted(expect))
        if verdict.fault is not None:
            typer.echo(f"{verdict.fault}; the lines before it are good", err=True)
            return 1
        typer.echo(f"good: {verdict.number} lines; note this down: {verdict.number}:{verdict.hash}")
        return 0

    def export(
        jsonl: Annotated[
            bool, typer.Option("--jsonl", help="As JSON lines, the only form there is.")
        ] = True,
        config: Config = CONFIG,
    ) -> int:
        """Print the whole log, oldest line first."""
        del jsonl
        for line in actions.export_audit(config):
            typer.echo(line)
        return 0

    group.command("verify")(exits(verify))
    group.command("export")(exits(export))
    return group


def _noted(text: str) -> tuple[int, str]:
    match = _NOTED.fullmatch(text)
    if match is None:
        raise BadOptions(f"--expect: found {text!r}, expected NUMBER:HASH of an earlier verify")
    return int(match[1]), match[2]
