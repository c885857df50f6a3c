"""What the relay hands to the way in: an answer, or one of its own refusals.

RelayError
├── UnknownModel     the request names nothing that is offered
├── NoTargetFits     what it names is offered, but nothing there can serve the request
├── NoRoom           every provider that could is full
└── RelayFailed      every attempt failed; the last failure decides what the caller is told

Of answers there is one for each request: they are not frozen, since that would treble their cost.
"""

from collections.abc import AsyncIterable, Awaitable
from dataclasses import dataclass
from typing import Protocol

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import EmbeddingReply, NativeReply, Reply, ReplyEvent
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.routing.route_plan import RoutePlan
from turnout.domain.shared.ids import RequestId


@dataclass(slots=True)
class RouteTaken:
    """Where the answer came from, for the response's headers.

    `model` is the deployment's model name; `attempts` counts from 1, and is 0 for an answer from
    the cache, which is `age_seconds` old; `waited_seconds` is the time spent on providers so far,
    failed attempts included; `dropped` names what could not be carried; `hedged` tells whether two
    attempts ran side by side.
    """

    request_id: RequestId
    route: str
    provider: str
    model: str
    attempts: int
    waited_seconds: float
    dropped: tuple[str, ...] = ()
    cache: CacheStatus = CacheStatus.BYPASS
    age_seconds: float | None = None
    hedged: bool = False


@dataclass(slots=True)
class RelayedReply:
    """A whole chat answer."""

    taken: RouteTaken
    reply: Reply | NativeReply


@dataclass(slots=True)
class RelayedEmbedding:
    """Vectors."""

    taken: RouteTaken
    reply: EmbeddingReply | NativeReply


class ReplyEvents(AsyncIterable[ReplyEvent], Protocol):
    """Events of a streamed answer; an async generator is one. Reading raises ProviderFailure."""

    def __anext__(self) -> Awaitable[ReplyEvent]:
        """Return the next event."""
        ...

    async def aclose(self) -> None:
        """Stop early, or make sure that nothing is left to stop."""
        ...


@dataclass(slots=True)
class RelayedStream:
    """A streamed answer past its commit point.

    The receiver must `aclose()` `events` when it stops early (`contextlib.aclosing`): that closes
    the provider's connection and settles the attempt. `events` raises ProviderFailure.
    """

    taken: RouteTaken
    events: ReplyEvents


class RescueDiverged(ProviderFailure):
    """An answer broke off, and who took it up did not say what the caller had been told."""

    def __init__(self) -> None:
        super().__init__(
            FailureKind.STREAM_BROKEN,
            "the answer broke off, and another attempt at it came out differently",
        )


class RelayError(Exception):
    """The relay has no answer. `request_id` names the request in logs and headers."""

    def __init__(self, request_id: RequestId, message: str) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.message = message


class UnknownModel(RelayError):
    """Nothing is called `model`; `near` are names that look like it."""

    def __init__(self, request_id: RequestId, model: str, near: tuple[str, ...]) -> None:
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        super().__init__(request_id, f"The model {model!r} does not exist.{hint}")
        self.model = model
        self.near = near


class NoTargetFits(RelayError):
    """Every target was left out; the plan says why."""

    def __init__(self, request_id: RequestId, plan: RoutePlan) -> None:
        reasons = "; ".join(drop.detail for drop in plan.drops) or "it has no target"
        super().__init__(
            request_id, f"No target of {plan.route!r} can serve this request: {reasons}"
        )
        self.plan = plan

    @property
    def asks_too_much(self) -> bool:
        """Whether another request could be served, so that the caller can help."""
        return any(drop.rule in ("capability", "context_window") for drop in self.plan.drops)


class NoRoom(RelayError):
    """Every provider that could answer has all it bears, and no place came free in time.

    In about `retry_after_seconds` there may be one. `rate_limited` tells that the providers said
    themselves that they are asked too often.
    """

    def __init__(
        self,
        request_id: RequestId,
        plan: RoutePlan,
        retry_after_seconds: float,
        *,
        rate_limited: bool,
    ) -> None:
        super().__init__(request_id, f"Every provider of {plan.route!r} is busy: try again later.")
        self.plan = plan
        self.retry_after_seconds = retry_after_seconds
        self.rate_limited = rate_limited


class RelayFailed(RelayError):
    """Every attempt failed. `failures` are all of them in order, at least one."""

    def __init__(
        self,
        request_id: RequestId,
        route: str,
        failures: tuple[ProviderFailure, ...],
        attempted: tuple[str, ...],
    ) -> None:
        super().__init__(request_id, failures[-1].message)
        self.route = route
        self.failures = failures
        self.attempted = attempted
        self.last_resort = False
        """Whether health admitted no target, and one was asked all the same."""
        self.unavailable_seconds: float | None = None
        """Set when health admits no target now: in how many seconds the first may be asked."""
