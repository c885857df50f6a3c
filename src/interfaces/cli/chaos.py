"""`turnout chaos`: which scenarios there are, and how a gateway fares in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import Actions, BadOptions
from turnout.interfaces.cli.options import MaybeConfig
from turnout.interfaces.cli.outcome import exits

Scenarios = Annotated[
    list[str] | None, typer.Argument(help="Names of shipped scenarios, or files.", metavar="NAMES")
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the reports there, as JSON.")]


def chaos_group(actions: Actions) -> typer.Typer:
    """Return `turnout chaos`."""
    group = typer.Typer(no_args_is_help=True, help="Let simulated providers misbehave.")

    def run(
        scenarios: Scenarios = None,
        every: Annotated[bool, typer.Option("--all", help="All shipped scenarios.")] = False,
        config: MaybeConfig = None,
        json_file: JsonFile = None,
    ) -> int:
        """Start simulated providers and a gateway, drive load, check what callers may expect.

        Ends with 1 if an expectation is missed, with 2 if a scenario cannot be understood.
        """
        from turnout.interfaces.cli.chaos_report import show_report, written

        reports = actions.run_chaos(_files(scenarios or [], every), config, show_report)
        if json_file is not None:
            _write(json_file, written(reports))
        return 0 if all(report.is_good for report in reports) else 1

    def list_() -> int:
        """List the scenarios that come with Turnout."""
        from turnout.interfaces.chaos.shipped import shipped_scenarios
        from turnout.interfaces.cli.chaos_report import show_scenarios

        show_scenarios(actions.load_scenarios(list(shipped_scenarios().values())))
        return 0

    group.command("run")(exits(run))
    group.command("list")(exits(list_))
    return group


def _files(named: Sequence[str], every: bool) -> list[Path]:
    """The scenarios' files: a name without a folder and an ending is that of a shipped one."""
    from turnout.interfaces.chaos.shipped import shipped_scenarios

    shipped = shipped_scenarios()
    if every == bool(named):
        raise BadOptions("chaos run: expected names of scenarios, or --all")
    unknown = [name for name in named if name not in shipped and not Path(name).suffix]
    if unknown:
        known = ", ".join(shipped)
        raise BadOptions(f"chaos run: found {unknown[0]!r}, expected a file, or one of {known}")
    return list(shipped.values()) if every else [shipped.get(name, Path(name)) for name in named]


def _write(file: Path, text: bytes) -> None:
    try:
        file.write_bytes(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadOptions(f"--json {file}: {reason}, expected a file to write") from None
