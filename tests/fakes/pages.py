"""What the dashboard's pages call, in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.fakes.system import FrozenClock
from turnout.application.commands.entries import EntryChange, EntryChanges, Outcome
from turnout.application.commands.roll_back import RollBack
from turnout.application.ports.history import PastRevision
from turnout.application.ports.live_source import AttemptLine, Marks, MinuteSums
from turnout.application.queries.live_feed import LiveFeed
from turnout.domain.governance.actor import Actor
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.page_handlers import DataPlane, PageHandlers, PlaygroundReply


@dataclass
class FakeLiveSource:
    """A LiveSource that tells what it is given, and counts how often it is asked."""

    told: Marks = field(default_factory=lambda: Marks(1, 2, 3))
    sums: list[MinuteSums] = field(default_factory=list)
    lines: list[AttemptLine] = field(default_factory=list)
    asked: int = 0

    async def marks(self) -> Marks:
        self.asked += 1
        return self.told

    async def minutes(self, since: int) -> list[MinuteSums]:
        return [each for each in self.sums if each.start >= since]

    async def newest(self, limit: int) -> list[AttemptLine]:
        return self.lines[:limit]


@dataclass
class FakeDataPlane:
    """Answers every chat with its body, piece by piece; None is a data plane that is not there."""

    status: int | None = 200
    asked: list[tuple[bytes, str | None]] = field(default_factory=list)

    @asynccontextmanager
    async def ask(self, body: bytes, access_key: str | None) -> AsyncIterator[PlaygroundReply]:
        if self.status is None:
            raise DomainError("playground.unreachable", "nobody is there")
        self.asked.append((body, access_key))

        async def chunks() -> AsyncIterator[bytes]:
            yield b"said: "
            yield body

        told = {"x-turnout-provider": "a"}
        yield PlaygroundReply(self.status, "text/event-stream", told, chunks())


def page_handlers(
    *,
    live: LiveFeed | None = None,
    past: list[PastRevision] | None = None,
    plane: FakeDataPlane | None = None,
) -> PageHandlers:
    """Return handlers; without a feed of its own, whoever listens is told nothing, and ends."""
    if live is None:
        live = LiveFeed(FakeLiveSource(), FrozenClock())
        live.close()

    async def revisions() -> list[PastRevision]:
        return past or []

    async def roll_back(actor: Actor, command: RollBack) -> EntryChanges:
        del actor
        if command.revision not in [each.revision for each in past or []]:
            raise DomainError("history.unknown", f"revision {command.revision} is not kept")
        return {"provider:a": EntryChange(Outcome.CHANGED)}

    ask = (plane or FakeDataPlane()).ask
    return PageHandlers(live, revisions, roll_back, DataPlane("http://127.0.0.1:1", False), ask)
