"""What the control plane calls for the dashboard's pages alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from turnout.application.commands.entries import EntryChanges
from turnout.application.commands.roll_back import RollBack
from turnout.application.ports.history import PastRevision
from turnout.application.queries.live_feed import LiveFeed
from turnout.domain.governance.actor import Actor


@dataclass(frozen=True, slots=True)
class DataPlane:
    """Where callers reach the data plane, None if it is not run along with this process."""

    url: str | None
    asks_for_keys: bool


@dataclass(frozen=True, slots=True)
class PlaygroundReply:
    """What the data plane answers; `headers` are its own about the request."""

    status: int
    media_type: str
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


AskDataPlane = Callable[[bytes, str | None], AbstractAsyncContextManager[PlaygroundReply]]
"""Sends a chat's body as whoever holds the access key; raises DomainError `playground.*`."""


@dataclass(frozen=True, slots=True)
class PageHandlers:
    """`roll_back` takes the actor first: it is written into the audit log."""

    live: LiveFeed
    revisions: Callable[[], Awaitable[list[PastRevision]]]
    roll_back: Callable[[Actor, RollBack], Awaitable[EntryChanges]]
    data_plane: DataPlane
    ask: AskDataPlane
