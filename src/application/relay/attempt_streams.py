"""AttemptStreams: one streamed attempt, from its opening until it is settled."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from dataclasses import dataclass

from turnout.application.ports.provider_client import Streaming
from turnout.application.ports.system import Clock
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.time_limits import patience
from turnout.application.relay.walk import Journey
from turnout.application.relay.watchdog import Watchdog
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, ReplyEvent, UsageReported, commits
from turnout.domain.inference.request import ChatRequest

Events = AsyncGenerator[ReplyEvent, None]


@dataclass(slots=True)
class BegunStream:
    """An answer past its commit point: the events up to there, and those that follow.

    Who has one must `aclose()` `events`: that closes the provider's connection and settles the
    attempt. `dropped` is as in RouteTaken.
    """

    head: list[ReplyEvent]
    events: Events
    dropped: tuple[str, ...]

    async def all(self) -> Events:
        """Yield them all. Raises ProviderFailure."""
        try:
            for event in self.head:
                yield event
            async for event in self.events:
                yield event
        finally:
            await self.events.aclose()


@dataclass(frozen=True, slots=True)
class OwnedEvents:
    """What a generator makes of the events of a begun stream.

    Closing it closes both, also before it was begun: a generator alone would then close nothing.
    """

    events: Events
    source: Events

    def __aiter__(self) -> Events:
        return self.events

    def __anext__(self) -> Awaitable[ReplyEvent]:
        """Return the next event."""
        return self.events.__anext__()

    async def aclose(self) -> None:
        """Stop early, or make sure that nothing is left to stop."""
        try:
            await self.events.aclose()
        finally:
            await self.source.aclose()


@dataclass(frozen=True, slots=True)
class AttemptStreams:
    """Begins streams. Whatever becomes of one, its attempt is settled once."""

    clock: Clock
    settlement: Settlement

    async def begin(self, request: ChatRequest, journey: Journey, attempt: Attempt) -> BegunStream:
        """Return the stream once its answer has begun. Raises ProviderFailure, InvalidRequest."""
        opened = _Opened()
        events = self._events(request, journey, attempt, opened)
        head = await self._until_committed(events, attempt)
        return BegunStream(head, events, opened.dropped)

    async def _until_committed(self, events: Events, attempt: Attempt) -> list[ReplyEvent]:
        head: list[ReplyEvent] = []
        try:
            async for event in events:
                head.append(event)
                if commits(event):
                    now = attempt.first_token_seconds = self.clock.monotonic_seconds()
                    self.settlement.begun(attempt, now)
                    attempt.waited_seconds = now - attempt.started_seconds
                    return head
        except BaseException:
            await events.aclose()
            raise
        raise ProviderFailure(FailureKind.MALFORMED, "the stream ended before it began")

    async def _events(
        self, request: ChatRequest, journey: Journey, attempt: Attempt, opened: "_Opened"
    ) -> Events:
        """Yield the provider's events; settle the attempt when they end, however they do."""
        deployment = attempt.deployment
        watchdog = Watchdog(patience(journey, attempt))
        context = journey.clients(deployment).chat.stream(request, deployment)
        try:
            streaming: Streaming = await watchdog.wait(context.__aenter__())
            opened.dropped = streaming.dropped
            attempt.headroom = streaming.headroom
            try:
                async for event in _watched(streaming.events, watchdog):
                    _note(event, attempt)
                    yield event
            finally:
                await context.__aexit__(None, None, None)
            attempt.completed()
        except ProviderFailure as failure:
            attempt.failed(failure)
            raise
        finally:
            watchdog.stop()
            if attempt.first_token_seconds is not None:
                self.settlement.settle(journey.tag, attempt)


@dataclass(slots=True)
class _Opened:
    """What is known of a stream once its head is there."""

    dropped: tuple[str, ...] = ()


def _note(event: ReplyEvent, attempt: Attempt) -> None:
    if isinstance(event, (NativeFrame, UsageReported)) and event.usage is not None:
        attempt.usage = event.usage


async def _watched(events: AsyncIterator[ReplyEvent], watchdog: Watchdog) -> Events:
    committed = False
    while True:
        try:
            event = await watchdog.wait(anext(events))
        except StopAsyncIteration:
            return
        if not committed and commits(event):
            committed = True
            watchdog.committed()
        yield event
