"""HealthRecord: what has been seen of one deployment, and whether it may be asked now."""

from dataclasses import dataclass, field

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import (
    Circuit,
    Closed,
    HalfOpen,
    Open,
    Reason,
    after_failure,
    after_success,
    opened,
)
from turnout.domain.health.events import (
    CircuitClosed,
    CircuitHalfOpened,
    CircuitOpened,
    CooldownBegun,
)
from turnout.domain.health.rolling_window import RollingWindow
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import DeploymentId

PROBES_TO_OPEN = 3
"""Failed probes in a row that open a circuit."""
COOLDOWN_STEP_SECONDS = 1.0
"""A cooldown that is under way and made longer by less than this is no news."""
CONTRADICTION_SECONDS = 1.0
"""A request answered this shortly before a probe's word, or after it, outweighs it."""
RATES = frozenset({Reason.ERROR_RATE, Reason.SLOW_RATE})
"""What one good answer, begun before the circuit opened, does not refute."""
NEVER = float("-inf")


@dataclass(slots=True, eq=False)
class HealthRecord(Recorder):
    """Aggregate root, kept in memory: rolling evidence, a cooldown and a circuit.

    It refuses a second trial while one is under way. Times are seconds of a monotonic clock that
    the application gives. `moved_at_seconds` is when the circuit last moved, here or elsewhere,
    and `reason` why.
    """

    deployment: DeploymentId
    limits: CircuitLimits = CircuitLimits()
    circuit: Circuit = Closed()
    cooldown_until_seconds: float = 0.0
    moved_at_seconds: float = NEVER
    reason: Reason | None = None
    window: RollingWindow = field(init=False)
    _answered_at_seconds: float = NEVER
    _failed_probes: int = 0

    def __post_init__(self) -> None:
        self.window = RollingWindow(self.limits.window_seconds)

    def heed(self, limits: CircuitLimits) -> None:
        """Go by `limits` from now on; evidence of a window of another length is forgotten."""
        if limits.window_seconds != self.limits.window_seconds:
            self.window = RollingWindow(limits.window_seconds)
        self.limits = limits

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
            self._move(
                HalfOpen(self.circuit.openings, self.circuit.reason), Reason.TRIAL, now_seconds
            )
            self.record(CircuitHalfOpened(self.deployment, now_seconds))

    def succeeded(self, now_seconds: float, latency_seconds: float) -> None:
        """Take a good answer as evidence.

        `latency_seconds` is the time to a stream's first token, or to a whole answer.
        """
        self._answered_at_seconds = now_seconds
        slow = self._is_slow(latency_seconds)
        self.window.note(now_seconds, good=True, slow=slow)
        circuit = self.circuit
        if isinstance(circuit, Closed):
            self.circuit = after_success(circuit)
            self._judge_window(now_seconds)
        elif isinstance(circuit, HalfOpen) and slow:
            self._open(Reason.SLOW_RATE, now_seconds)
        elif isinstance(circuit, HalfOpen) or circuit.reason not in RATES:
            self._close(Reason.ANSWERED, now_seconds)

    def failed(self, failure: ProviderFailure, now_seconds: float, latency_seconds: float) -> None:
        """Take a failure as evidence; what the caller did wrong is no evidence.

        A cooldown that the provider asked for is never made shorter.
        """
        if failure.retry_after_seconds is not None:
            self._cool_down(now_seconds + failure.retry_after_seconds, now_seconds)
        if not failure.disposition.hurts_health:
            self.release_probe(now_seconds)
            return
        slow = self._is_slow(latency_seconds)
        self.window.note(now_seconds, good=False, slow=slow)
        before = self.circuit
        after = after_failure(before, now_seconds, self.limits)
        if isinstance(after, Open):
            if after is not before:
                self._enter(after, now_seconds)
            return
        self.circuit = after
        self._judge_window(now_seconds)

    def release_probe(self, now_seconds: float) -> None:
        """Give back the place of a trial that proved nothing: the next request may try."""
        if isinstance(self.circuit, HalfOpen):
            openings, reason = self.circuit.openings, self.circuit.reason
            self._move(Open(now_seconds, openings, reason), reason, now_seconds)

    def probe_failed(self, now_seconds: float) -> None:
        """Take an active probe's word that the provider is not there; three of them open.

        A circuit that requests have opened is left to them.
        """
        self._failed_probes += 1
        circuit = self.circuit
        if isinstance(circuit, Closed):
            if self._failed_probes >= PROBES_TO_OPEN:
                self._open(Reason.PROBE, now_seconds)
        elif self._is_probes_own and self.admits(now_seconds):
            self._open(Reason.PROBE, now_seconds)

    def probe_succeeded(self, now_seconds: float) -> None:
        """Take an active probe's word that the provider is there: what a probe opened, closes.

        It says nothing of a circuit that requests have opened: the next of them is its trial.
        """
        self._failed_probes = 0
        if self._is_probes_own:
            self._close(Reason.PROBE, now_seconds)

    def learn_opened(self, told: CircuitOpened) -> None:
        """Take over that another process has opened the circuit, unless this one knows better.

        A probe's word is contradicted where a request has just been answered.
        """
        if told.at_seconds < self.moved_at_seconds:
            return
        since = told.at_seconds - CONTRADICTION_SECONDS
        if told.reason is Reason.PROBE and self._answered_at_seconds > since:
            self._close(Reason.ANSWERED, max(told.at_seconds, self._answered_at_seconds))
            return
        until = told.until_seconds
        if isinstance(self.circuit, Open):
            until = max(until, self.circuit.until_seconds)
        self._move(Open(until, told.openings, told.reason), told.reason, told.at_seconds)

    def learn_closed(self, told: CircuitClosed) -> None:
        """Take over that another process has closed the circuit, unless it has moved since."""
        if told.at_seconds < self.moved_at_seconds:
            return
        if not isinstance(self.circuit, Closed):
            self.window.clear()
            self.circuit = Closed()
        self._failed_probes = 0
        self.reason, self.moved_at_seconds = told.reason, told.at_seconds

    def learn_cooldown(self, until_seconds: float) -> None:
        """Take over a cooldown that another process was asked for."""
        self.cooldown_until_seconds = max(self.cooldown_until_seconds, until_seconds)

    def error_rate(self, now_seconds: float) -> float | None:
        """Return the share of failures among the calls of the window, None without any."""
        self.window.roll(now_seconds)
        return self.window.failures / self.window.calls if self.window.calls else None

    @property
    def _is_probes_own(self) -> bool:
        return isinstance(self.circuit, Open) and self.circuit.reason is Reason.PROBE

    def _is_slow(self, latency_seconds: float) -> bool:
        slow_seconds = self.limits.slow_seconds
        return slow_seconds is not None and latency_seconds > slow_seconds

    def _judge_window(self, now_seconds: float) -> None:
        window, limits = self.window, self.limits
        if window.calls < limits.least_calls:
            return
        if window.failures >= limits.error_rate_to_open * window.calls:
            self._open(Reason.ERROR_RATE, now_seconds)
        elif window.slow and window.slow >= limits.slow_rate_to_open * window.calls:
            self._open(Reason.SLOW_RATE, now_seconds)

    def _cool_down(self, until_seconds: float, now_seconds: float) -> None:
        before = max(self.cooldown_until_seconds, now_seconds)
        self.learn_cooldown(until_seconds)
        if until_seconds >= before + COOLDOWN_STEP_SECONDS:
            self.record(CooldownBegun(self.deployment, now_seconds, until_seconds))

    def _open(self, reason: Reason, now_seconds: float) -> None:
        self._enter(opened(self.circuit, reason, now_seconds, self.limits), now_seconds)

    def _enter(self, circuit: Open, now_seconds: float) -> None:
        self._move(circuit, circuit.reason, now_seconds)
        until, openings = circuit.until_seconds, circuit.openings
        self.record(CircuitOpened(self.deployment, now_seconds, until, openings, circuit.reason))

    def _close(self, reason: Reason, now_seconds: float) -> None:
        self.window.clear()
        self._failed_probes = 0
        self._move(Closed(), reason, now_seconds)
        self.record(CircuitClosed(self.deployment, now_seconds, reason))

    def _move(self, circuit: Circuit, reason: Reason, now_seconds: float) -> None:
        self.circuit = circuit
        self.reason = reason
        self.moved_at_seconds = now_seconds
