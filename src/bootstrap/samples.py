"""Levels that processes report: what is kept elsewhere, read once in a while."""

from collections.abc import Callable, Sized

from turnout.application.health.shared_health import SharedHealth
from turnout.application.ports.system import Clock
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.bootstrap.ledgers import Ledger
from turnout.bootstrap.live_settings import ReloadStatus
from turnout.bootstrap.reporting import Sample
from turnout.bootstrap.traces import Traces
from turnout.domain.health.circuit import Closed, Open
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.system.memory import resident_bytes
from turnout.infrastructure.telemetry import catalog
from turnout.infrastructure.telemetry.loop_lag import LoopLag
from turnout.infrastructure.telemetry.metric import Labels, Metrics


def of_process(plane: str, holder: SnapshotHolder) -> Sample:
    """Sample what every process has."""

    def sample(metrics: Metrics) -> None:
        metrics.level(catalog.WORKERS, {(plane,): 1.0})
        metrics.level(catalog.MEMORY, {(plane,): float(resident_bytes())})
        metrics.level(catalog.REVISION, {(plane,): float(holder.current.revision)})

    return sample


def of_requests(in_flight: Sized, lag: LoopLag) -> Sample:
    """Sample what a worker is at."""

    def sample(metrics: Metrics) -> None:
        metrics.level(catalog.IN_FLIGHT, {(): float(len(in_flight))})
        metrics.level(catalog.LOOP_LAG, {(): lag.take_worst()})

    return sample


def of_ledger(ledger: Ledger) -> Sample:
    """Sample how far the ledger is behind; nothing where it is turned off."""

    def sample(metrics: Metrics) -> None:
        if isinstance(ledger, LedgerQueue):
            metrics.level(catalog.LEDGER_WAITING, {(): float(len(ledger))})
            metrics.total(catalog.LEDGER_LOST, {(): float(ledger.lost)})
            metrics.total(catalog.LEDGER_DEAD, {(): float(ledger.dead)})

    return sample


def of_health(board: HealthBoard, shared: SharedHealth, clock: Clock) -> Sample:
    """Sample circuits and cooldowns, and how often this process moved them."""

    def sample(metrics: Metrics) -> None:
        now = clock.monotonic_seconds()
        records = board.all()
        states: dict[Labels, float] = {
            (str(each.deployment),): _state(each.circuit, now) for each in records
        }
        cooldowns: dict[Labels, float] = {
            (str(each.deployment),): max(0.0, each.cooldown_until_seconds - now) for each in records
        }
        metrics.level(catalog.CIRCUIT_STATE, states)
        metrics.level(catalog.COOLDOWN, cooldowns)
        metrics.total(
            catalog.TRANSITIONS, {key: float(count) for key, count in shared.moves.items()}
        )

    return sample


def of_reloads(status: Callable[[], ReloadStatus]) -> Sample:
    """Sample how the configuration file is followed."""

    def sample(metrics: Metrics) -> None:
        told = status()
        metrics.level(catalog.REJECTED, {(): float(len(told.faults))})
        if told.applied_at is not None:
            is_good = told.failed_at is None or told.failed_at < told.applied_at
            metrics.level(catalog.RELOADED, {(): told.applied_at})
            metrics.level(catalog.RELOAD_GOOD, {(): float(is_good)})

    return sample


def of_spans(traces: Traces | None) -> Sample:
    """Sample how many spans were lost; nothing where none are made."""

    def sample(metrics: Metrics) -> None:
        if traces is not None:
            metrics.total(catalog.SPANS_DROPPED, {(): float(traces.dropped)})

    return sample


def _state(circuit: object, now: float) -> float:
    if isinstance(circuit, Closed):
        return 0.0
    return 2.0 if isinstance(circuit, Open) and circuit.until_seconds > now else 1.0
