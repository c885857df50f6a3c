"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import BadOptions, ControlPlane, Where

CONFIG = Path("turnout.yaml")

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
MaybeConfig = Annotated[
    Path | None,
    typer.Option("--config", "-c", help=f"The configuration file, else {CONFIG}."),
]
Needs = Annotated[
    list[str], typer.Option("--needs", help="What the request needs: tools,vision,json_schema,...")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Url = Annotated[
    str | None,
    typer.Option("--url", help="Ask a running gateway: the address of its control plane."),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="TURNOUT_ADMIN_TOKEN",
        show_envvar=True,
        help="An admin token of the gateway, or its server.admin_token, with --url.",
    ),
]


def whom_to_ask(config: Path | None, url: str | None, token: str | None) -> Where:
    """Return the running gateway if one is named, else the file. Raises BadOptions for both."""
    if url is None:
        return config or CONFIG
    if config is not None:
        raise BadOptions("--config and --url: expected one of them, found both")
    return gateway_at(url, token)


def gateway_at(url: str, token: str | None) -> ControlPlane:
    """Return the control plane at `url`. Raises BadOptions for what is no address."""
    if not url.startswith(("http://", "https://")):
        raise BadOptions(f"--url: found {url!r}, expected an address like http://127.0.0.1:8081")
    return ControlPlane(url.rstrip("/"), token)


def within(option: str, value: int | None, least: int, most: int) -> None:
    """Raise BadOptions unless `value` is None or between the two."""
    if value is not None and not least <= value <= most:
        raise BadOptions(f"{option}: found {value}, expected a number from {least} to {most}")


def port_within(option: str, port: int | None) -> None:
    """Raise BadOptions unless `port` is None, 0 for a free one, or a port."""
    within(option, port, 0, 65535)
