"""Elsewhere: an answer that another replica is getting just now is waited for, not asked again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from turnout.application.ports.response_cache import CachedAnswer
from turnout.application.ports.shared_flights import SharedFlights
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.shared_call import SharedCall

CLAIM_SECONDS = 2.0
"""How long after a replica died its calls are still believed to be under way."""
RENEW_SECONDS = 0.5
LOOK_SECONDS = 0.05
MOST_LOOKS = 600


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """For whole answers that all replicas keep: who waits gets the kept one.

    A call that fails, or whose answer cannot be kept, leaves those who waited where they were: they
    make their own. Without `flights`, every call is one's own.
    """

    flights: SharedFlights | None
    kept: KeptAnswers

    async def awaited(self, call: SharedCall) -> CachedAnswer | None:
        """Return what another replica got; None: the call is this one's to make."""
        if self.flights is None or not _concerns(call):
            return None
        if await self.flights.claim(call.key, CLAIM_SECONDS):
            return None
        for _ in range(MOST_LOOKS):
            await asyncio.sleep(LOOK_SECONDS)
            was_claimed = await self.flights.is_claimed(call.key)
            answer = await self.kept.find(call)
            if answer is not None or not was_claimed:
                return answer
        return None

    @asynccontextmanager
    async def told(self, call: SharedCall) -> AsyncIterator[None]:
        """Keep the claim for as long as the call takes."""
        if self.flights is None or not _concerns(call):
            yield
            return
        renewing = asyncio.create_task(self._renew(self.flights, call))
        try:
            yield
        finally:
            renewing.cancel()
            await self.flights.release(call.key)

    async def _renew(self, flights: SharedFlights, call: SharedCall) -> None:
        while True:
            await flights.renew(call.key, CLAIM_SECONDS)
            await asyncio.sleep(RENEW_SECONDS)


def _concerns(call: SharedCall) -> bool:
    return call.policy.enabled and call.policy.single_flight
