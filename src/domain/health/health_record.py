"""HealthRecord: what has been seen of one deployment, and whether it may be asked now."""

from collections import deque
from dataclasses import dataclass, field

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import (
    Circuit,
    Closed,
    HalfOpen,
    Open,
    after_failure,
    after_success,
)
from turnout.domain.health.events import CircuitClosed, CircuitOpened
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import DeploymentId

EVIDENCE = 128
"""How many of the latest attempts are remembered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt as evidence: when it ended, whether it was good, how long it took."""

    at_seconds: float
    good: bool
    latency_seconds: float


@dataclass(slots=True, eq=False)
class HealthRecord(Recorder):
    """Aggregate root, kept in memory: rolling evidence, a cooldown and a circuit.

    It refuses a second probe while one is under way. Times are seconds of a monotonic clock that
    the application gives.
    """

    deployment: DeploymentId
    limits: CircuitLimits = CircuitLimits()
    circuit: Circuit = Closed()
    cooldown_until_seconds: float = 0.0
    evidence: deque[Outcome] = field(default_factory=lambda: deque(maxlen=EVIDENCE))

    def admits(self, now_seconds: float) -> bool:
        """Tell whether a request may go there now; an open circuit admits one after its wait."""
        if now_seconds < self.cooldown_until_seconds or isinstance(self.circuit, HalfOpen):
            return False
        return not (isinstance(self.circuit, Open) and now_seconds < self.circuit.until_seconds)

    @property
    def is_open(self) -> bool:
        """Whether the circuit is open, its wait over or not."""
        return isinstance(self.circuit, Open)

    @property
    def admits_at_seconds(self) -> float:
        """When the next request may go there, as far as is known now."""
        opens = self.circuit.until_seconds if isinstance(self.circuit, Open) else 0.0
        return max(self.cooldown_until_seconds, opens)

    def begin_probe(self, now_seconds: float) -> None:
        """Take the one place that an open circuit gives when its wait is over.

        Raises DomainError `health.not_admitted` when it is not over, or the place is taken.
        """
        if not self.admits(now_seconds):
            raise DomainError("health.not_admitted", f"{self.deployment} admits no request now")
        if isinstance(self.circuit, Open):
            self.circuit = HalfOpen(self.circuit.openings)

    def succeeded(self, now_seconds: float, latency_seconds: float) -> None:
        """Take a good answer as evidence."""
        self.evidence.append(Outcome(now_seconds, True, latency_seconds))
        if not isinstance(self.circuit, Closed):
            self.record(CircuitClosed(self.deployment))
        self.circuit = after_success(self.circuit)

    def failed(self, failure: ProviderFailure, now_seconds: float, latency_seconds: float) -> None:
        """Take a failure as evidence; what the caller did wrong is no evidence.

        A cooldown that the provider asked for is never made shorter.
        """
        if failure.retry_after_seconds is not None:
            until = now_seconds + failure.retry_after_seconds
            self.cooldown_until_seconds = max(self.cooldown_until_seconds, until)
        if not failure.disposition.hurts_health:
            self.release_probe(now_seconds)
            return
        self.evidence.append(Outcome(now_seconds, False, latency_seconds))
        before = self.circuit
        self.circuit = after_failure(before, now_seconds, self.limits)
        if isinstance(self.circuit, Open) and self.circuit is not before:
            self.record(CircuitOpened(self.deployment, self.circuit.until_seconds))

    def release_probe(self, now_seconds: float) -> None:
        """Give back a probe's place that proved nothing (the caller hung up): the next may try."""
        if isinstance(self.circuit, HalfOpen):
            self.circuit = Open(now_seconds, self.circuit.openings)

    @property
    def error_rate(self) -> float | None:
        """The share of bad outcomes in the evidence, None without any."""
        if not self.evidence:
            return None
        return sum(not outcome.good for outcome in self.evidence) / len(self.evidence)
