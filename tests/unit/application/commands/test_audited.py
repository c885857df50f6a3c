from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from tests.fakes.accounts import FakeAccounts, FakeAccountWork, FakeAuditLog

from turnout.application.commands.audited import Audited, command_name
from turnout.application.ports.audit import LONGEST_ENTRY
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role
from turnout.domain.shared.errors import DomainError

ANN = Actor(ActorKind.USER, "ann", Role.ADMIN, "192.0.2.1")


@dataclass(frozen=True, slots=True)
class MoveHTTPThing:
    name: str = "x"


Handle = Callable[[MoveHTTPThing], Awaitable[int]]


def _audited(
    log: FakeAuditLog, run: Callable[[FakeAccountWork], Awaitable[None]]
) -> Audited[MoveHTTPThing, int, FakeAccountWork]:
    def make(begin: Callable[[], FakeAccountWork]) -> Handle:
        async def handle(command: MoveHTTPThing) -> int:
            async with begin() as work:
                await run(work)
            return 7

        return handle

    begin = FakeAccounts().noting(log)
    return Audited(make, begin, log, lambda command: f"thing:{command.name}")


async def test_what_is_committed_is_written_by_the_unit_of_work_alone() -> None:
    log = FakeAuditLog()
    assert await _audited(log, lambda work: work.commit())(ANN, MoveHTTPThing()) == 7
    assert log.told() == [("ann", "move_httpthing", "thing:x", "done")]
    assert log.rows[0].deed.actor is ANN


async def test_a_command_that_changes_nothing_is_written_down_too() -> None:
    log = FakeAuditLog()

    async def nothing(work: FakeAccountWork) -> None:
        assert await work.users.list() == []

    await _audited(log, nothing)(ANN, MoveHTTPThing("y" * 500))
    assert [row.result for row in log.rows] == ["done"]
    assert len(log.rows[0].deed.entry) == LONGEST_ENTRY


@pytest.mark.parametrize(
    "error, result, reason",
    [
        (DomainError("thing.stuck", "no"), "refused", "thing.stuck"),
        (OSError("a secret path"), "failed", "OSError"),
    ],
)
async def test_what_went_wrong_is_written_down_and_raised(
    error: Exception, result: str, reason: str
) -> None:
    log = FakeAuditLog()

    async def fail(work: FakeAccountWork) -> None:
        raise error

    with pytest.raises(type(error)):
        await _audited(log, fail)(ANN, MoveHTTPThing())
    assert [(row.result, row.reason) for row in log.rows] == [(result, reason)]


async def test_what_fails_after_the_commit_was_done_all_the_same() -> None:
    log = FakeAuditLog()

    async def late(work: FakeAccountWork) -> None:
        await work.commit()
        raise OSError

    with pytest.raises(OSError):
        await _audited(log, late)(ANN, MoveHTTPThing())
    assert [row.result for row in log.rows] == ["done"]


def test_names_are_in_snake_case() -> None:
    class RegisterProvider: ...

    assert command_name(RegisterProvider) == "register_provider"
