"""`turnout rehearse`: a day's traffic in virtual time, and what each policy is worth."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.interfaces.cli.actions import Actions, BadOptions, RehearsalOptions
from turnout.interfaces.cli.options import AsJson
from turnout.interfaces.cli.outcome import exits

MOST_REQUESTS = 100_000_000
SAMPLE = 200_000
"""How many requests each compared run has, unless said otherwise."""


Named = Annotated[str, typer.Argument(help="The name of a shipped scenario, or a file.")]
Requests = Annotated[str, typer.Option("--requests", "-n", help="How many, such as 1e6.")]
Day = Annotated[bool, typer.Option("--day", help="Spread over a day, as busy as its hours are.")]
Sample = Annotated[
    str | None,
    typer.Option(
        "--sample",
        help=f"Requests of each run that is compared, 0 for none, else {SAMPLE} at most.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Of all that is left to chance.")]


def rehearse_command(actions: Actions) -> Callable[..., None]:
    """Return `turnout rehearse`."""

    def rehearse(
        scenario: Named,
        requests: Requests = "1e6",
        day: Day = False,
        sample: Sample = None,
        seed: Seed = 0,
        as_json: AsJson = False,
    ) -> int:
        """Let requests pass in virtual time, with and without each policy, for planning."""
        from turnout.interfaces.cli.rehearsal_report import show_rehearsal, written

        number = _count("--requests", requests, least=1)
        report = actions.rehearse(
            RehearsalOptions(
                scenario=_file(scenario),
                requests=number,
                sample=min(number, SAMPLE) if sample is None else _count("--sample", sample),
                day=day,
                seed=seed,
            ),
            lambda doing: typer.echo(f"{doing} ...", err=True),
        )
        if as_json:
            typer.echo(written(report), nl=False)
        else:
            show_rehearsal(report)
        return 0

    return exits(rehearse)


def _count(option: str, text: str, least: int = 0) -> int:
    """Read `250000` or `1e6`. Raises BadOptions."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value <= MOST_REQUESTS or value != int(value):
        raise BadOptions(
            f"{option}: found {text!r}, expected a whole number from {least} to {MOST_REQUESTS:g}"
        )
    return int(value)


def _file(named: str) -> Path:
    from turnout.interfaces.rehearsal.shipped import shipped_rehearsals

    shipped = shipped_rehearsals()
    if named in shipped:
        return shipped[named]
    if not Path(named).suffix:
        known = ", ".join(shipped)
        raise BadOptions(f"rehearse: found {named!r}, expected a file, or one of {known}")
    return Path(named)
