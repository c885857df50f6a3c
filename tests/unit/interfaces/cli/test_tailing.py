import json
from collections.abc import Callable
from dataclasses import replace

import typer
from typer.testing import CliRunner

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.cli.tailing import tail_command
from turnout.interfaces.cli.usage_actions import Question, ShownAttempt, UsageActions
from turnout.interfaces.cli.where import ControlPlane

FIRST = ShownAttempt(
    request="req_1",
    number=1,
    started_at=0.0,
    ended_at=61.0,
    seconds=1.25,
    first_token_seconds=None,
    route="main",
    key="ci",
    key_id=None,
    team=None,
    project=None,
    provider="a",
    model="m",
    account=1,
    outcome=AttemptOutcome.FAILED,
    failure=FailureKind.OVERLOADED,
    status=503,
    tokens=None,
    cost=None,
    avoided_cost=None,
)
SECOND = replace(
    FIRST, number=2, provider="b", outcome=AttemptOutcome.COMPLETED, failure=None, status=None
)
THIRD = replace(SECOND, request="req_2", number=1)


def tailed(*looks: list[ShownAttempt], options: tuple[str, ...] = ()) -> str:
    """What is printed while the gateway answers with `looks`; then somebody says Ctrl-C."""
    answers = iter(looks)
    rounds = iter(range(len(looks) - 1))

    def nothing(*_: object) -> None:
        raise AssertionError

    def attempts(plane: ControlPlane, question: Question) -> list[ShownAttempt]:
        return next(answers)

    def wait(seconds: float) -> None:
        if next(rounds, None) is None:
            raise KeyboardInterrupt

    never: Callable[..., None] = nothing
    actions = UsageActions(never, never, never, attempts, never)  # type: ignore[arg-type]
    cli = typer.Typer()
    cli.command()(tail_command(actions, wait))
    ran = CliRunner().invoke(cli, options)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_each_attempt_is_a_line_once_oldest_first() -> None:
    lines = tailed([SECOND, FIRST], [THIRD, SECOND, FIRST], [THIRD]).splitlines()
    assert lines == [
        "00:01:01 UTC req_1#1 main > a/m overloaded 503 1.250 s (ci)",
        "00:01:01 UTC req_1#2 main > b/m completed 1.250 s (ci)",
        "00:01:01 UTC req_2#1 main > b/m completed 1.250 s (ci)",
    ]


def test_it_begins_with_as_many_as_are_asked_for() -> None:
    assert len(tailed([SECOND, FIRST], options=("-n", "1")).splitlines()) == 1
    assert tailed([SECOND, FIRST], options=("-n", "0")) == ""


def test_it_can_end_by_itself() -> None:
    assert len(tailed([SECOND, FIRST], options=("--no-follow",)).splitlines()) == 2


def test_each_is_a_line_of_json_for_programs() -> None:
    (line,) = tailed([FIRST], options=("--json",)).splitlines()
    assert json.loads(line)["failure"] == "overloaded"
