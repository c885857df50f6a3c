"""Commands to try things out and to extend Turnout: demo, simulate, new-adapter.

What they need is imported when they run: the official client alone takes a second.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import Actions
from turnout.interfaces.cli.options import port_within, within
from turnout.interfaces.cli.outcome import exits

Answer = Annotated[str | None, typer.Option(help="May hold {name}, {model}, {digest}, {question}.")]
ScriptFile = Annotated[
    Path | None, typer.Option(help="File of scripts: phases of failures, by name.")
]
Names = Annotated[list[str], typer.Option("--name", help="One simulator of this name; repeatable.")]
Protocols = Annotated[
    list[str],
    typer.Option(
        "--protocol",
        help="openai_chat, anthropic_messages or gemini, in the order of the names; the last one "
        "goes on. Without any, each in turn.",
    ),
]
Seconds = Annotated[float, typer.Option(help="Seconds.")]
ErrorKinds = Annotated[
    list[str], typer.Option("--error-kind", help="What goes wrong then; repeatable.")
]
MOST_SIMULATORS = 100


def demo_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout demo`."""

    def demo(
        once: Annotated[bool, typer.Option("--once", help="End after the tour.")] = False,
    ) -> int:
        """Show the gateway at work on simulated providers: no key, no service, no network."""
        from turnout.interfaces.cli.demo import Demo

        return asyncio.run(Demo(actions.start_gateway, actions.explain).run(once))

    return exits(demo)


def simulate_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout simulate`."""

    def simulate(  # noqa: PLR0913 - Typer reads options from parameters
        providers: Annotated[int | None, typer.Option(help="How many; 3 if none is named.")] = None,
        name: Names = [],  # noqa: B006 - Typer reads it, nobody changes it
        protocol: Protocols = [],  # noqa: B006
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="The first's port; 0 takes free ones.")] = 0,
        seed: Annotated[int, typer.Option(help="Chooses answers and errors.")] = 0,
        first_token_delay: Seconds = 0.0,
        token_delay: Seconds = 0.0,
        error_rate: Annotated[float, typer.Option(help="Share of requests, 0 to 1.")] = 0.0,
        error_kind: ErrorKinds = [],  # noqa: B006
        answer: Answer = None,
        script: ScriptFile = None,
    ) -> int:
        """Serve simulated providers until Ctrl-C, and print what to configure for them."""
        from turnout.interfaces.cli.simulating import Casting, simulate

        within("--providers", providers, 1, MOST_SIMULATORS)
        port_within("--port", port)
        casting = Casting(
            providers=providers,
            names=name,
            protocols=protocol,
            changes={
                "seed": seed,
                "first_token_delay_seconds": first_token_delay,
                "token_delay_seconds": token_delay,
                "error_rate": error_rate,
                **({"error_kinds": error_kind} if error_kind else {}),
                "answer": answer,
            },
        )
        scripts = {} if script is None else actions.load_scripts(script)
        return asyncio.run(simulate(casting.profiles(), host, port, scripts))

    return exits(simulate)


def new_adapter_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout new-adapter`."""

    def new_adapter(
        name: Annotated[str, typer.Argument(help="The vendor's name, as users will write it.")],
        protocol: Annotated[str, typer.Argument(help="The wire protocol it speaks.")],
    ) -> int:
        """Begin an adapter: a vendor's folder and one for its recordings, in a source checkout."""
        for path in actions.scaffold_adapter(name, protocol):
            typer.echo(f"wrote {path}")
        typer.echo(f"Next: fill in the row, then ./dev test tests/contract -k {name}")
        return 0

    return exits(new_adapter)
