"""KeptAnswers: the cache in the terms of a call: what may answer it now, and what it leaves."""

from dataclasses import dataclass, replace

from turnout.application.ports.response_cache import CachedAnswer, ResponseCache
from turnout.application.ports.system import Clock
from turnout.application.relay.shared_call import SharedCall, Worded


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """Reads and writes the cache for calls whose policy has it enabled."""

    cache: ResponseCache
    clock: Clock

    async def find(self, call: SharedCall) -> CachedAnswer | None:
        """Return an answer to `call` in the form that it asks for.

        An answer of a deployment that the route does not lead to any more is none.
        """
        if not call.policy.enabled:
            return None
        answer = await self.cache.get(call.key)
        if answer is None or not call.sharing.wish.accepts(self.age_seconds(answer)):
            return None
        if call.route.deployment(answer.provider, answer.model) is None:
            return None
        form = call.sharing.form
        if answer.form == form:
            return answer
        body = call.sharing.wording.reworded(answer.body, answer.form, answer.usage)
        return None if body is None else replace(answer, body=body, form=form)

    async def keep(self, call: SharedCall, worded: Worded) -> None:
        """Keep a complete answer."""
        if not call.policy.enabled:
            return
        taken, reply = worded.taken, worded.reply
        passed_seconds = self.clock.monotonic_seconds() - call.began_seconds
        answer = CachedAnswer(
            body=reply.body,
            form=call.sharing.form,
            named_model=reply.model,
            usage=reply.usage,
            provider=taken.provider,
            model=taken.model,
            dropped=taken.dropped,
            begun_seconds=self.clock.epoch_seconds() - passed_seconds,
        )
        await self.cache.put(call.key, answer, call.policy.ttl_seconds)

    def age_seconds(self, answer: CachedAnswer) -> float:
        """Return how long ago the answer was begun."""
        return max(0.0, self.clock.epoch_seconds() - answer.begun_seconds)
