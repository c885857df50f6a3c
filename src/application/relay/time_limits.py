"""How long one attempt may take: the provider's own limits within the request's deadline."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from turnout.application.relay.attempt import Attempt
from turnout.application.relay.walk import Journey
from turnout.application.relay.watchdog import Patience
from turnout.domain.catalog.timeouts import AttemptLimits
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind, ProviderFailure

Answer = TypeVar("Answer")


async def within_limits(journey: Journey, attempt: Attempt, answer: Awaitable[Answer]) -> Answer:
    """Await a whole answer. Raises ProviderFailure TIMEOUT when it takes too long."""
    seconds = _total_seconds(journey, attempt, _limits(journey, attempt))
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise ProviderFailure(FailureKind.TIMEOUT, f"no answer within {seconds:g} s") from None


def patience(journey: Journey, attempt: Attempt) -> Patience:
    """Return the limits of a stream that begins now."""
    limits = _limits(journey, attempt)
    now = asyncio.get_running_loop().time()
    return Patience(
        first_at=now + limits.first_token_seconds,
        between_seconds=limits.between_tokens_seconds,
        total_at=now + _total_seconds(journey, attempt, limits),
    )


def _limits(journey: Journey, attempt: Attempt) -> AttemptLimits:
    deployment = attempt.deployment
    usual = journey.snapshot.providers[deployment.provider].settings.timeouts
    thinks = Capability.REASONING in deployment.capabilities
    return AttemptLimits.of(usual, deployment.timeouts, thinks=thinks)


def _total_seconds(journey: Journey, attempt: Attempt, limits: AttemptLimits) -> float:
    left = journey.deadline_seconds - attempt.started_seconds
    return min(limits.total_seconds, left)
