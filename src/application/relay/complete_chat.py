"""CompleteChat: the relay of a chat call, whole or streamed."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from turnout.application.ports.provider_client import Streaming
from turnout.application.ports.system import Clock
from turnout.application.relay.answers import RelayedReply, RelayedStream
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.time_limits import patience, within_limits
from turnout.application.relay.walk import Journey, Walk
from turnout.application.relay.watchdog import Watchdog
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, ReplyEvent, UsageReported, commits
from turnout.domain.inference.request import ChatRequest

Events = AsyncGenerator[ReplyEvent, None]


@dataclass(frozen=True, slots=True)
class CompleteChat:
    """The hot path. Nothing here waits but for a provider.

    Both ways raise RelayError and InvalidRequest, and settle every attempt exactly once.
    """

    walk: Walk
    clock: Clock
    settlement: Settlement

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        """Return the whole answer of the first target that gives one."""

        async def one(journey: Journey, attempt: Attempt) -> RelayedReply:
            deployment = attempt.deployment
            client = journey.clients(deployment).chat
            answered = await within_limits(journey, attempt, client.complete(request, deployment))
            attempt.waited_seconds = answered.waited_seconds
            attempt.usage = answered.reply.usage
            attempt.completed()
            self.settlement.settle(journey.tag, attempt)
            return RelayedReply(journey.taken(attempt, answered.dropped), answered.reply)

        return await self.walk(request.model, request.needs, grant, one)

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        """Return the stream of the first target whose answer has begun: the commit point."""

        async def one(journey: Journey, attempt: Attempt) -> RelayedStream:
            opened = _Opened()
            events = self._events(request, journey, attempt, opened)
            head = await self._until_committed(events, attempt)
            taken = journey.taken(attempt, opened.dropped)
            return RelayedStream(taken, _resumed(head, events))

        return await self.walk(request.model, request.needs, grant, one)

    async def _until_committed(self, events: Events, attempt: Attempt) -> list[ReplyEvent]:
        head: list[ReplyEvent] = []
        try:
            async for event in events:
                head.append(event)
                if commits(event):
                    attempt.first_token_seconds = self.clock.monotonic_seconds()
                    attempt.waited_seconds = attempt.first_token_seconds - attempt.started_seconds
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


async def _resumed(head: list[ReplyEvent], events: Events) -> Events:
    try:
        for event in head:
            yield event
        async for event in events:
            yield event
    finally:
        await events.aclose()
