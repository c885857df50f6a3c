"""Rescue: a stream of plain text that breaks off after the commit point goes on elsewhere."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from turnout.application.relay.answers import RescueDiverged
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.attempt_streams import (
    AttemptStreams,
    BegunStream,
    Events,
    OwnedEvents,
)
from turnout.application.relay.takeover import Takeover
from turnout.application.relay.transcript import STRIDE, Room, Transcript
from turnout.application.relay.walk import Journey, Walk
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import (
    FailureKind,
    InvalidRequest,
    MovesOn,
    ProviderFailure,
)
from turnout.domain.inference.overlap import Diverged
from turnout.domain.inference.request import ChatRequest, Continuation
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.fallback_chain import moves_on
from turnout.domain.routing.route_plan import PlannedTarget

_BREAKS = frozenset({FailureKind.STREAM_BROKEN, FailureKind.TIMEOUT, FailureKind.TRANSPORT})
_NO_PREFILL = frozenset({FailureKind.BAD_REQUEST, FailureKind.UNSUPPORTED})
"""How a model says that it cannot go on with a begun answer."""


@dataclass(frozen=True, slots=True)
class Rescue:
    """Goes on with the text so far where the target can, else says it again and leaves it out."""

    walk: Walk
    streams: AttemptStreams
    room: Room = field(default_factory=Room)

    def guarded(self, request: ChatRequest, journey: Journey, begun: BegunStream) -> OwnedEvents:
        """Yield an answer; should it break off, go on with another attempt if that may be.

        Raises ProviderFailure: that by which the answer broke off where it could not be rescued,
        and RescueDiverged.
        """
        if request.continuation is None or not journey.route.rescue:
            return OwnedEvents(begun.all(), begun.events)
        guarded = self._guarded(request, request.continuation, journey, begun)
        return OwnedEvents(guarded, begun.events)

    async def _guarded(
        self,
        request: ChatRequest,
        continuation: Continuation,
        journey: Journey,
        begun: BegunStream,
    ) -> Events:
        transcript = Transcript(self.room)
        sent = transcript.latest
        try:
            for event in begun.head:
                sent.append(event)
                yield event
            async for event in begun.events:
                sent.append(event)
                if len(sent) >= STRIDE:
                    transcript.file()
                yield event
            return
        except ProviderFailure as failure:
            broken = failure
            takeover = _takeover(continuation, transcript)
        finally:
            transcript.forget()
            await begun.events.aclose()
        async with aclosing(self._rescued(request, journey, takeover, broken)) as events:
            async for event in events:
                yield event

    async def _rescued(
        self,
        request: ChatRequest,
        journey: Journey,
        takeover: Takeover | None,
        broken: ProviderFailure,
    ) -> Events:
        providers: tuple[str, ...] = (journey.attempts[-1].deployment.provider,)
        while takeover is not None and takeover.is_plain and _may_be_rescued(broken):
            found = await self._next(request, journey, takeover)
            if found is None:
                break
            begun, prefilled = found
            spent = _spent(journey)
            providers = (*providers, journey.attempts[-1].deployment.provider)
            try:
                async with aclosing(begun.all()) as events:
                    for event in takeover.begin(providers, spent, prefilled=prefilled):
                        yield event
                    async for event in events:
                        for new in takeover.go_on(event):
                            yield new
                for new in takeover.end():
                    yield new
                return
            except Diverged:
                raise RescueDiverged from broken
            except ProviderFailure as failure:
                broken = failure
        raise broken

    async def _next(
        self, request: ChatRequest, journey: Journey, takeover: Takeover
    ) -> tuple[BegunStream, bool] | None:
        """Return the next attempt that has begun to answer, and whether it was given the text."""
        for target in self._left(journey):
            for prefilled, asked in _ways(request, target.deployment, takeover):

                async def one(
                    journey: Journey, attempt: Attempt, asked: ChatRequest = asked
                ) -> BegunStream:
                    return await self.streams.begin(asked, journey, attempt)

                try:
                    outcome = await self.walk.once_at(journey, target, one)
                except InvalidRequest:
                    break  # what this target's protocol cannot say, another's may
                if isinstance(outcome, BegunStream):
                    return outcome, prefilled
                if outcome is None or not (prefilled and outcome.kind in _NO_PREFILL):
                    if outcome is not None and _ends_it(journey, outcome):
                        return None
                    break
        return None

    def _left(self, journey: Journey) -> Iterator[PlannedTarget]:
        """Yield the targets that have not been tried, and in the end the one that broke off."""
        broken = journey.attempts[-1].target
        clock = self.walk.clock
        yield from journey.course.untried(clock.monotonic_seconds())
        if self.walk.steering.budget.take(clock.monotonic_seconds()):
            yield broken


def _takeover(continuation: Continuation, transcript: Transcript) -> Takeover | None:
    said = transcript.text(continuation.read)
    if said is None:
        return None
    frames = transcript.frames
    return Takeover(said, continuation, continuation.writer(frames) if frames else None)


def _may_be_rescued(broken: ProviderFailure) -> bool:
    """Tell whether the answer broke off by a fault, and not because it was not to be given."""
    cause = broken.__cause__
    meant = isinstance(cause, ProviderFailure) and cause.disposition.moves_on is MovesOn.NEVER
    return broken.kind in _BREAKS and not meant


def _ways(
    request: ChatRequest, deployment: Deployment, takeover: Takeover
) -> Iterator[tuple[bool, ChatRequest]]:
    """Yield how to ask `deployment`: with the text so far, and from the start.

    A model that is to think first cannot begin in the middle of its answer.
    """
    text = takeover.said.rstrip()
    thinks = Capability.REASONING in request.needs.capabilities
    if text and not thinks and Capability.ASSISTANT_PREFILL in deployment.capabilities:
        prefilled = takeover.continuation.prefilled(text)
        if prefilled is not None:
            yield True, prefilled
    yield False, request


def _ends_it(journey: Journey, failure: ProviderFailure) -> bool:
    if failure.kind in _BREAKS:
        return False
    return moves_on(journey.route.on, failure.kind) is MovesOn.NEVER


def _spent(journey: Journey) -> TokenUsage | None:
    """Return what the attempts before the last have used together, as far as it is known."""
    known = [a.usage for a in journey.attempts[:-1] if a.usage is not None]
    return sum(known[1:], known[0]) if known else None
