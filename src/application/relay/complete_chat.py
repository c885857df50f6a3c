"""CompleteChat: the relay of a chat call, whole or streamed."""

from dataclasses import dataclass

from turnout.application.relay.answers import RelayedReply, RelayedStream
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.attempt_streams import AttemptStreams
from turnout.application.relay.rescue import Rescue
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.time_limits import within_limits
from turnout.application.relay.walk import Journey, Walk
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.request import ChatRequest
from turnout.domain.routing.asked import Asked


@dataclass(frozen=True, slots=True)
class CompleteChat:
    """The hot path. Nothing here waits but for a provider.

    Both ways raise RelayError and InvalidRequest, and settle every attempt exactly once.
    """

    walk: Walk
    streams: AttemptStreams
    rescue: Rescue
    settlement: Settlement

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        """Return the whole answer of the first target that gives one."""

        async def one(journey: Journey, attempt: Attempt) -> RelayedReply:
            deployment = attempt.deployment
            client = journey.clients(deployment).chat
            answered = await within_limits(journey, attempt, client.complete(request, deployment))
            attempt.waited_seconds = answered.waited_seconds
            attempt.usage = answered.reply.usage
            attempt.headroom = answered.headroom
            attempt.completed()
            self.settlement.settle(journey.tag, attempt)
            return RelayedReply(journey.taken(attempt, answered.dropped), answered.reply)

        return await self.walk(request.model, _asked(request, grant, streamed=False), grant, one)

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        """Return the stream of the first target whose answer has begun: the commit point."""

        async def one(journey: Journey, attempt: Attempt) -> RelayedStream:
            begun = await self.streams.begin(request, journey, attempt)
            taken = journey.taken(attempt, begun.dropped)
            return RelayedStream(taken, self.rescue.guarded(request, journey, begun))

        return await self.walk(request.model, _asked(request, grant, streamed=True), grant, one)


def _asked(request: ChatRequest, grant: Grant, *, streamed: bool) -> Asked:
    header, prefix = request.header, request.prompt_prefix
    return Asked(request.needs, streamed, grant.tenant, header, prefix, request.id, request.meter)
