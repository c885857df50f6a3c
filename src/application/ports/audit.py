"""Who did what on the control plane: written once, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from turnout.domain.governance.actor import Actor

LONGEST_ENTRY = 200
"""Characters; whoever was refused may have sent anything."""


class AuditResult(StrEnum):
    """What came of a command."""

    DONE = "done"
    REFUSED = "refused"
    """By a rule, or for want of a permission: nothing was changed."""
    FAILED = "failed"
    """By something unexpected: nothing was changed."""


@dataclass(frozen=True, slots=True)
class AuditChange:
    """An entry's fields before and after, as text that shows no secret.

    Of an entry that was changed, those that differ. None: it was not there.
    """

    entry: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody set out to do: `command` in snake case, and the entry that it is about."""

    actor: Actor
    command: str
    entry: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the log. `number` counts from 1; `hash` covers this line and all before it."""

    number: int
    at: datetime
    deed: Deed
    result: AuditResult
    reason: str
    """The code of what refused it, or the kind of what failed; empty when it was done."""
    changes: tuple[AuditChange, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """How the chain is: the last line up to which it is good, its hash, and the first fault."""

    number: int
    hash: str
    fault: str | None


class AuditLog(Protocol):
    """The log. What is done in a unit of work is written by its commit."""

    async def append(self, deed: Deed, result: AuditResult, reason: str = "") -> None:
        """Write a line about a deed that changed nothing in the store."""
        ...

    async def page(self, before: int | None, limit: int) -> list[AuditRow]:
        """Return up to `limit` lines, newest first, of those numbered below `before` if given."""
        ...
