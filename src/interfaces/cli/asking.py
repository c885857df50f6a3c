"""Commands that ask what a gateway would do: explain, providers."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.actions import Actions
from turnout.interfaces.cli.explained import explained
from turnout.interfaces.cli.health import add_health_commands
from turnout.interfaces.cli.needs import capabilities_of, requirement_of
from turnout.interfaces.cli.options import (
    AsJson,
    MaybeConfig,
    Needs,
    Token,
    Url,
    whom_to_ask,
    within,
)
from turnout.interfaces.cli.outcome import exits

MOST_TOKENS = 10**9


def explain_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout explain`."""

    def explain(  # noqa: PLR0913 - Typer reads options from parameters
        model: Annotated[str, typer.Option("--model", "-m", help="A chain, model or address.")],
        needs: Needs = [],  # noqa: B006 - Typer reads it, nobody changes it
        stream: Annotated[bool, typer.Option("--stream", help="The answer is streamed.")] = False,
        input_tokens: Annotated[int, typer.Option(help="Length of the prompt.")] = 0,
        config: MaybeConfig = None,
        url: Url = None,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """Tell where a request would go, and why not elsewhere. Ends with 1 if nowhere."""
        within("--input-tokens", input_tokens, 0, MOST_TOKENS)
        wanted = requirement_of(needs, stream=stream, input_tokens=input_tokens)
        explanation = actions.explain(whom_to_ask(config, url, token), model, wanted)
        if as_json:
            typer.echo(json.dumps(explained(explanation), indent=2))
        else:
            rendering.show_explanation(explanation)
        return 0 if explanation.plan is not None and explanation.plan.targets else 1

    return exits(explain)


def providers_group(actions: Actions) -> typer.Typer:
    """Return `turnout providers`."""
    group = typer.Typer(no_args_is_help=True, help="Look at providers.")

    def list_(
        capability: Annotated[
            list[str], typer.Option("--capability", help="Only models that offer this.")
        ] = [],  # noqa: B006 - Typer reads it, nobody changes it
        config: MaybeConfig = None,
        url: Url = None,
        token: Token = None,
        as_json: AsJson = False,
    ) -> int:
        """List providers and their models, also by capability. Ends with 1 if there is none."""
        wanted = capabilities_of(capability, "--capability")
        rows = actions.list_providers(whom_to_ask(config, url, token), wanted)
        if as_json:
            typer.echo(json.dumps([asdict(row) for row in rows], indent=2, default=dict))
        else:
            rendering.show_providers(rows)
        return 0 if rows else 1

    group.command("list")(exits(list_))
    add_health_commands(group, actions.health)
    return group
