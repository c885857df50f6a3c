"""Commands that change the stored configuration and look back on it: apply, history, rollback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.application.ports.history import PastChange, PastRevision
from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.actions import Actions
from turnout.interfaces.cli.changes import change_lines, lines_of
from turnout.interfaces.cli.options import CONFIG, AsJson, Config, MaybeConfig
from turnout.interfaces.cli.outcome import exits


def add_revision_commands(group: typer.Typer, actions: Actions) -> None:
    """Add `apply`, `history` and `rollback` to `turnout config`."""
    group.command("apply")(_apply_command(actions))
    group.command("history")(_history_command(actions))
    group.command("rollback")(_rollback_command(actions))


def _apply_command(actions: Actions) -> Callable[..., None]:
    def apply(
        file: Annotated[Path | None, typer.Argument(help="Else the file of --config.")] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")
        ] = False,
        config: MaybeConfig = None,
    ) -> int:
        """Check a file, print what it changes, and store it: a running gateway follows.

        The store is the one that --config names, else that of the file itself.
        """
        store = config or file or CONFIG
        _print(lines_of(actions.apply_configuration(file or store, store, dry_run)))
        return 0

    return exits(apply)


def _history_command(actions: Actions) -> Callable[..., None]:
    def history(config: Config = CONFIG, as_json: AsJson = False) -> int:
        """List the past revisions that are kept, newest first."""
        past = actions.configuration_history(config)
        if as_json:
            typer.echo(json.dumps([_plain(each) for each in past], indent=2))
        else:
            rendering.table(("revision", "when", "by", "what changed"), map(_row, past))
        return 0

    return exits(history)


def _rollback_command(actions: Actions) -> Callable[..., None]:
    def rollback(
        revision: Annotated[int, typer.Argument(help="A revision of `turnout config history`.")],
        config: Config = CONFIG,
    ) -> int:
        """Bring all providers and chains to what they were: a running gateway follows."""
        _print(list(change_lines(actions.roll_back(config, revision))))
        return 0

    return exits(rollback)


def _print(lines: list[str]) -> None:
    for line in lines or ["nothing changes"]:
        typer.echo(line)


def _row(past: PastRevision) -> tuple[str, ...]:
    when = f"{past.at:%Y-%m-%d %H:%M:%S} UTC"
    return str(past.revision), when, past.changed_by, "\n".join(map(_said, past.changes))


def _said(change: PastChange) -> str:
    fields = f": {', '.join(change.fields)}" if change.fields else ""
    return f"{change.entry} {change.event}{fields}"


def _plain(past: PastRevision) -> dict[str, object]:
    return {
        "revision": past.revision,
        "at": past.at.isoformat(),
        "changed_by": past.changed_by,
        "changes": [
            {"entry": change.entry, "event": change.event, "fields": change.fields}
            for change in past.changes
        ],
    }
