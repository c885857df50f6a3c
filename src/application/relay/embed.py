"""Embed: the relay of an embeddings call."""

from dataclasses import dataclass

from turnout.application.relay.answers import RelayedEmbedding
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.settlement import Settlement
from turnout.application.relay.time_limits import within_limits
from turnout.application.relay.walk import Journey, Walk
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.request import EmbeddingRequest
from turnout.domain.routing.asked import Asked


@dataclass(frozen=True, slots=True)
class Embed:
    """The same walk as a chat call's, without streams.

    Raises RelayError and InvalidRequest, and settles every attempt exactly once.
    """

    walk: Walk
    settlement: Settlement

    async def __call__(self, request: EmbeddingRequest, grant: Grant) -> RelayedEmbedding:
        """Return the vectors of the first target that gives them."""

        async def one(journey: Journey, attempt: Attempt) -> RelayedEmbedding:
            deployment = attempt.deployment
            client = journey.clients(deployment).embeddings
            if client is None:
                raise ProviderFailure(
                    FailureKind.UNSUPPORTED, f"{deployment.provider} has no embeddings"
                )
            embedded = await within_limits(journey, attempt, client.embed(request, deployment))
            attempt.waited_seconds = embedded.waited_seconds
            attempt.usage = embedded.reply.usage
            attempt.headroom = embedded.headroom
            attempt.completed()
            self.settlement.settle(journey.tag, attempt)
            return RelayedEmbedding(journey.taken(attempt, embedded.dropped), embedded.reply)

        asked = Asked(request.needs, False, grant.tenant, id=request.id, meter=request.meter)
        return await self.walk(request.model, asked, grant, one)
