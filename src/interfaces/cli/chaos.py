"""`turnout chaos`: which scenarios there are, and how a gateway fares in them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import Actions, BadOptions, ChaosOptions, RunningGateway
from turnout.interfaces.cli.options import MaybeConfig
from turnout.interfaces.cli.outcome import exits

Scenarios = Annotated[
    list[str] | None, typer.Argument(help="Names of shipped scenarios, or files.", metavar="NAMES")
]
GatewayUrl = Annotated[
    str | None, typer.Option("--gateway", help="A running one: its data plane's address.")
]
Key = Annotated[
    str,
    typer.Option(
        "--key", envvar="TURNOUT_ACCESS_KEY", show_envvar=True, help="Shown to the running gateway."
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option("--at", help="Where the running gateway expects a provider.", metavar="NAME=URL"),
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the reports there, as JSON.")]


def chaos_group(actions: Actions) -> typer.Typer:
    """Return `turnout chaos`."""
    group = typer.Typer(no_args_is_help=True, help="Let simulated providers misbehave.")

    def run(  # noqa: PLR0913 - Typer reads options from parameters
        scenarios: Scenarios = None,
        every: Annotated[bool, typer.Option("--all", help="All shipped scenarios.")] = False,
        config: MaybeConfig = None,
        gateway: GatewayUrl = None,
        key: Key = "",
        model: Annotated[str, typer.Option("--model", help="What to ask it for.")] = "default",
        at: At = None,
        json_file: JsonFile = None,
    ) -> int:
        """Start simulated providers and a gateway, drive load, check what callers may expect.

        With --gateway a gateway that runs already: then simulators are started where its file, or
        --at, says that it expects its providers. Ends with 1 if an expectation is missed, with 2 if
        a scenario cannot be understood.
        """
        from turnout.interfaces.cli.chaos_report import show_report, written

        if gateway is None and at:
            raise BadOptions("--at: found it without --gateway, expected both")
        options = ChaosOptions(
            scenarios=_files(scenarios or [], every),
            config=config,
            gateway=None if gateway is None else RunningGateway(gateway, key, model),
            addresses=dict(map(_address, at or [])),
        )
        reports = actions.run_chaos(options, show_report)
        if json_file is not None:
            _write(json_file, written(reports))
        return 0 if all(report.is_good for report in reports) else 1

    group.command("run")(exits(run))
    group.command("list")(_list_command(actions))
    return group


def _list_command(actions: Actions) -> Callable[[], None]:
    def list_() -> int:
        """List the scenarios that come with Turnout."""
        from turnout.interfaces.chaos.shipped import shipped_scenarios
        from turnout.interfaces.cli.chaos_report import show_scenarios

        show_scenarios(actions.load_scenarios(list(shipped_scenarios().values())))
        return 0

    return exits(list_)


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


def _address(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not name or not url.startswith(("http://", "https://")):
        raise BadOptions(f"--at: found {text!r}, expected NAME=http://HOST:PORT")
    return name, url


def _write(file: Path, text: bytes) -> None:
    try:
        file.write_bytes(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadOptions(f"--json {file}: {reason}, expected a file to write") from None
