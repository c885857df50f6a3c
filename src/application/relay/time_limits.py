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
    alarm = _Alarm(seconds)
    try:
        return await answer
    except asyncio.CancelledError:
        if alarm.has_cancelled():
            late = f"no answer within {seconds:g} s"
            raise ProviderFailure(FailureKind.TIMEOUT, late) from None
        raise
    finally:
        alarm.stop()


class _Alarm:
    """Cancels the task that sets it, as `asyncio.timeout` does: at a third of its cost."""

    __slots__ = ("_rung", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._rung: asyncio.Task[object] | None = None
        self._task = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ring)

    def has_cancelled(self) -> bool:
        """Take the cancellation back; tell whether it was this one and nobody's besides."""
        rung, self._rung = self._rung, None
        return rung is not None and rung.uncancel() == 0

    def stop(self) -> None:
        """Cancel nothing from now on, and take back what came too late."""
        self._timer.cancel()
        if self._rung is not None:
            self._rung.uncancel()

    def _ring(self) -> None:
        self._rung = self._task
        if self._task is not None:
            self._task.cancel()


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
