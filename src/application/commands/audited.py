"""Runs a command's handler for somebody, and sees to it that the audit log tells what came of it.

Commands and their handlers stay as they are. What a handler commits is written down in the same
transaction, by the unit of work that it was given; what it did not commit, here.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from turnout.application.ports.audit import LONGEST_ENTRY, AuditLog, AuditResult, Deed
from turnout.domain.governance.actor import Actor
from turnout.domain.shared.errors import DomainError

Command = TypeVar("Command")
Answer = TypeVar("Answer")
Work = TypeVar("Work", covariant=True)


class Writing(Protocol[Work]):
    """Begins units of work that write `deed` into the audit log as they commit.

    `noted` is called once one has.
    """

    def __call__(self, deed: Deed, noted: Callable[[], None], /) -> Work: ...


@dataclass(frozen=True, slots=True)
class Audited(Generic[Command, Answer, Work]):
    """A command for whoever may give it: called with the actor, then the command.

    `make` makes its handler from what begins units of work, `about` names the entry at stake. The
    command is called by its class, or `name`.
    Raises what the handler raises, and what the log raises when it cannot be written.
    """

    make: Callable[[Callable[[], Work]], Callable[[Command], Awaitable[Answer]]]
    begin: Writing[Work]
    log: AuditLog
    about: Callable[[Command], str]
    name: str = ""

    async def __call__(self, actor: Actor, command: Command) -> Answer:
        """Do it."""
        name = self.name or command_name(type(command))
        deed = Deed(actor, name, self.about(command)[:LONGEST_ENTRY])
        noted: list[bool] = []
        handle = self.make(lambda: self.begin(deed, lambda: noted.append(True)))
        try:
            answer = await handle(command)
        except DomainError as refusal:
            await self.log.append(deed, AuditResult.REFUSED, refusal.code)
            raise
        except Exception as error:
            if not noted:
                await self.log.append(deed, AuditResult.FAILED, type(error).__name__)
            raise
        if not noted:
            await self.log.append(deed, AuditResult.DONE)
        return answer


def command_name(command: type[object]) -> str:
    """Return the name of a command's class in snake case: `register_provider`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", command.__name__).lower()
