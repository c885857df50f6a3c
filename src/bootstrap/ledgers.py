"""Which ledger a process keeps, and what is done for it beside the requests."""

from pathlib import Path

from turnout.application.ports.system import Clock
from turnout.application.queries.usage import DAY, KeptFor
from turnout.bootstrap.plane_settings import LedgerSettings
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.store_link import StoreLink
from turnout.infrastructure.telemetry.recent_attempts import RecentAttempts

Ledger = LedgerQueue | RecentAttempts


def ledger_for(settings: LedgerSettings, link: StoreLink, clock: Clock) -> Ledger:
    """Return the way to the store's ledger; where that is turned off, one in memory."""
    if not settings.enabled:
        return RecentAttempts()
    return LedgerQueue(link, clock, DeadLetters(Path(settings.dead_letters)))


async def flush(ledger: Ledger) -> None:
    """Write down what is waiting. Raises what the store raises."""
    if isinstance(ledger, LedgerQueue):
        await ledger.flush()


def kept_for(settings: LedgerSettings) -> KeptFor:
    """Return for how long there are sums of minutes and of hours."""
    return KeptFor(settings.minutes_days * DAY, settings.hours_days * DAY)
