"""Chat and embeddings as callers have them whose use is limited."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from turnout.application.relay.answers import (
    RelayedEmbedding,
    RelayedReply,
    RelayedStream,
    ReplyEvents,
)
from turnout.application.relay.hold import Hold
from turnout.application.relay.metering import Metering
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import ReplyEvent
from turnout.domain.inference.request import ChatRequest, EmbeddingRequest


class ChatWays(Protocol):
    """The two ways of a chat call."""

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply: ...

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream: ...


class EmbedWay(Protocol):
    """The way of an embeddings call."""

    async def __call__(self, request: EmbeddingRequest, grant: Grant) -> RelayedEmbedding: ...


@dataclass(frozen=True, slots=True)
class MeteredChat:
    """CompleteChat's two ways. Raises LimitReached, BudgetSpent and BudgetUnknown too."""

    relay: ChatWays
    metering: Metering

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        """Return the whole answer; see CompleteChat."""
        hold = await self._hold(request, grant) if self.metering.concerns(grant) else None
        if hold is None:
            return await self.relay.complete(request, grant)
        try:
            return await self.relay.complete(request, grant)
        finally:
            hold.release()

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        """Return the answer from its commit point on; see CompleteChat."""
        hold = await self._hold(request, grant) if self.metering.concerns(grant) else None
        if hold is None:
            return await self.relay.stream(request, grant)
        try:
            relayed = await self.relay.stream(request, grant)
        except BaseException:
            hold.release()
            raise
        return RelayedStream(relayed.taken, HeldEvents(relayed.events, hold))

    async def _hold(self, request: ChatRequest, grant: Grant) -> Hold | None:
        hold = await self.metering.hold(request.model, request.needs, grant, request.id)
        request.meter = hold
        return hold


class HeldEvents:
    """The events of an answer, and what is held for it; closing them lets go of that."""

    __slots__ = ("_events", "_hold")

    def __init__(self, events: ReplyEvents, hold: Hold) -> None:
        self._events = events
        self._hold = hold

    def __aiter__(self) -> ReplyEvents:
        return self._events  # nothing is added to the cost of an event

    def __anext__(self) -> Awaitable[ReplyEvent]:
        """Return the next event."""
        return self._events.__anext__()

    async def aclose(self) -> None:
        """Stop, and let go."""
        try:
            await self._events.aclose()
        finally:
            self._hold.release()


@dataclass(frozen=True, slots=True)
class MeteredEmbed:
    """Embed. Raises LimitReached, BudgetSpent and BudgetUnknown too."""

    relay: EmbedWay
    metering: Metering

    async def __call__(self, request: EmbeddingRequest, grant: Grant) -> RelayedEmbedding:
        """Return the vectors; see Embed."""
        if not self.metering.concerns(grant):
            return await self.relay(request, grant)
        hold = await self.metering.hold(request.model, request.needs, grant, request.id)
        if hold is None:
            return await self.relay(request, grant)
        try:
            request.meter = hold
            return await self.relay(request, grant)
        finally:
            hold.release()
