"""Which of several control planes does what only one may do."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from turnout.application.ports.system import Clock
from turnout.infrastructure.persistence.store_link import sqlite_path


class Leadership(Protocol):
    """Called again and again, it finds out whether this process leads."""

    def leads(self) -> bool:
        """Tell whether it does, now."""
        ...

    async def __call__(self) -> None:
        """Try to lead, or see whether it still does."""
        ...

    async def resign(self) -> None:
        """Let another one lead."""
        ...


class Alone:
    """Leads: a store in a file is one machine's, and has one control plane."""

    def leads(self) -> bool:
        """See Leadership."""
        return True

    async def __call__(self) -> None:
        """See Leadership."""

    async def resign(self) -> None:
        """See Leadership."""


def leadership(database_url: str, clock: Clock) -> Leadership:
    """Return how the control planes of the store at `database_url` agree."""
    if sqlite_path(database_url) is not None:
        return Alone()
    from turnout.infrastructure.persistence.leadership import PostgresLeadership

    return PostgresLeadership(database_url, clock)


def if_leading(
    leadership: Leadership, work: Callable[[], Awaitable[object]]
) -> Callable[[], Awaitable[None]]:
    """Return work that is only done by the one that leads."""

    async def done_by_one() -> None:
        if leadership.leads():
            await work()

    return done_by_one
