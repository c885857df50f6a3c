"""A provider that answers in virtual time."""

from dataclasses import dataclass
from math import inf

from turnout.application.rehearsal.conduct import Conduct, Conducts, Fault, Moment
from turnout.application.rehearsal.demand import Call
from turnout.domain.catalog.timeouts import AttemptLimits
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.headroom import Bucket, Headroom
from turnout.domain.routing.load import HeadroomReader
from turnout.domain.routing.routing_policy import Roll

_LIMITED = Fault(FailureKind.RATE_LIMITED, status=429)
_MINUTE_SECONDS = 60.0


@dataclass(slots=True)
class Reaction:
    """What becomes of one request at a provider, in moments of virtual time.

    `first_at_seconds` is when the answer begins, if it does; `tokens` is how many of it come.
    """

    ends_at_seconds: float
    first_at_seconds: float | None = None
    tokens: int = 0
    failure: ProviderFailure | None = None
    headroom: HeadroomReader | None = None
    """What the provider tells of its limit on requests."""


class SimulatedProvider:
    """Reacts to requests; counts those under way, and those of the present minute."""

    __slots__ = ("_conducts", "_minute", "_of_minute", "_roll", "in_flight")

    def __init__(self, conducts: Conducts, roll: Roll) -> None:
        self._conducts = conducts
        self._roll = roll
        self._minute = -1
        self._of_minute = 0
        self.in_flight = 0

    def react(
        self, call: Call, now_seconds: float, limits: AttemptLimits, left_seconds: float
    ) -> Reaction:
        """Begin to answer; the caller waits within `limits`, and `left_seconds` at most.

        The request counts as under way until `over` is called.
        """
        self.in_flight += 1
        conduct = self._conducts.at(now_seconds)
        over_at = now_seconds + min(limits.total_seconds, left_seconds)
        if self._is_beyond(conduct, now_seconds):
            wait = (self._minute + 1) * _MINUTE_SECONDS - now_seconds
            return _refusal(_LIMITED, now_seconds + conduct.error_seconds, over_at, wait)
        fault = self._fault(conduct)
        if fault is not None and fault.moment is Moment.AT_ONCE:
            at = now_seconds + conduct.error_seconds * conduct.slower
            return _refusal(fault, at, over_at, conduct.retry_after_seconds)
        reaction = self._answer(call, now_seconds, over_at, limits, fault)
        if conduct.requests_per_minute is not None:
            reaction.headroom = self._headroom(conduct.requests_per_minute, now_seconds)
        return reaction

    def over(self) -> None:
        """A request is no longer under way."""
        self.in_flight -= 1

    def _is_beyond(self, conduct: Conduct, now_seconds: float) -> bool:
        minute = int(now_seconds // _MINUTE_SECONDS)
        if minute != self._minute:
            self._minute, self._of_minute = minute, 0
        self._of_minute += 1
        most = conduct.requests_per_minute
        return most is not None and self._of_minute > most

    def _headroom(self, most: int, now_seconds: float) -> HeadroomReader:
        remaining = max(0, most - self._of_minute)
        left = (self._minute + 1) * _MINUTE_SECONDS - now_seconds
        headroom = Headroom(requests=Bucket(most, remaining, left))
        return lambda age_seconds: headroom

    def _fault(self, conduct: Conduct) -> Fault | None:
        faults = conduct.faults
        if not faults or self._roll() >= conduct.fault_share:
            return None
        return faults[0] if len(faults) == 1 else faults[int(self._roll() * len(faults))]

    def _answer(
        self,
        call: Call,
        now: float,
        over_at: float,
        limits: AttemptLimits,
        fault: Fault | None,
    ) -> Reaction:
        conduct, roll = self._conducts.at(now), self._roll
        slower = conduct.slower
        if conduct.at_once is not None and self.in_flight > conduct.at_once:
            slower *= self.in_flight / conduct.at_once
        silent = fault is not None and fault.moment is Moment.SILENT
        first_at = inf if silent else now + conduct.first_token_seconds.draw(roll) * slower
        if call.asked.streamed:
            patient_until = min(over_at, now + limits.first_token_seconds)
            if first_at >= patient_until:
                return _timeout(patient_until)
        seconds_per_token = slower / conduct.tokens_per_second.draw(roll)
        if fault is not None and not silent:
            broken = min(fault.tokens, call.answer_tokens)
            at = first_at + broken * seconds_per_token
            stalled = fault.moment is Moment.STALL
            at += limits.between_tokens_seconds if stalled else 0.0
            return _broken(call, first_at, min(at, over_at), broken, fault)
        ends_at = first_at + call.answer_tokens * seconds_per_token
        if ends_at >= over_at:
            return _too_slow(call, first_at, over_at, seconds_per_token)
        return Reaction(ends_at, first_at, call.answer_tokens)


def _refusal(fault: Fault, at: float, over_at: float, wait: float | None) -> Reaction:
    if at >= over_at:
        return _timeout(over_at)
    kind, status = fault.kind, fault.status
    words = kind.value
    return Reaction(
        at, failure=ProviderFailure(kind, words, status=status, retry_after_seconds=wait)
    )


def _timeout(at: float) -> Reaction:
    return Reaction(at, failure=ProviderFailure(FailureKind.TIMEOUT, "no answer in time"))


def _broken(call: Call, first_at: float, at: float, tokens: int, fault: Fault) -> Reaction:
    """A stream has begun by then; whoever waits for the whole sees only that it never came."""
    if call.asked.streamed and first_at < at:
        failure = ProviderFailure(FailureKind.STREAM_BROKEN, "the answer broke off")
        return Reaction(at, first_at, tokens, failure)
    return Reaction(at, None, tokens, ProviderFailure(fault.kind, "the answer broke off"))


def _too_slow(call: Call, first_at: float, over_at: float, per_token: float) -> Reaction:
    if not call.asked.streamed or first_at >= over_at:
        return _timeout(over_at)
    failure = ProviderFailure(FailureKind.STREAM_BROKEN, "the answer took too long")
    return Reaction(over_at, first_at, int((over_at - first_at) / per_token), failure)
