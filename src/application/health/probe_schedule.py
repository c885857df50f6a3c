"""ProbeSchedule: which account is probed when."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.health.accounts import Account, accounts_of
from turnout.application.health.probing import Probing
from turnout.application.ports.system import Clock, Dice
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.probe_rules import ProbeKind

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 4
SOON_SECONDS = 0.25
"""How soon a failed probe is repeated at first: three in a row say that a provider is down."""
OUTAGE_SHARE = 0.1
"""While a provider is down, the next probe comes after this share of the outage so far."""
LONGEST_SECONDS = 300.0
JITTER_SHARE = 0.1


@dataclass(slots=True)
class _Turn:
    """When an account's next probe is due, and since when its probes fail."""

    due_seconds: float
    interval_seconds: float
    down_since_seconds: float | None = None


class ProbeSchedule:
    """Called again and again, it begins the probes that are due, a few at once.

    A provider that is there is probed at its interval, less some jitter. One that is not is probed
    the more rarely the longer that lasts, so that its return is noticed after a tenth of the outage
    at most, and within five minutes. `may_probe` is False where another process does it.
    """

    def __init__(
        self,
        probing: Probing,
        holder: SnapshotHolder,
        clock: Clock,
        dice: Dice,
        may_probe: Callable[[], bool],
    ) -> None:
        self._probing = probing
        self._holder = holder
        self._clock = clock
        self._dice = dice
        self._may_probe = may_probe
        self._turns: dict[str, _Turn] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def __call__(self) -> None:
        """Begin what is due; nothing is waited for."""
        accounts = {each.name: each for each in accounts_of(self._holder.current) if _wants(each)}
        for gone in self._turns.keys() - accounts.keys():
            del self._turns[gone]
        if not self._may_probe():
            self._turns.clear()
            return
        now = self._clock.monotonic_seconds()
        for name, account in accounts.items():
            turn = self._turn(account, now)
            if len(self._running) >= MOST_AT_ONCE:
                return
            if now >= turn.due_seconds and name not in self._running:
                self._running[name] = asyncio.create_task(self._probe(account, turn))

    async def settled(self) -> None:
        """Wait for the probes that are under way."""
        await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """Give up the probes that are under way."""
        running = tuple(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _turn(self, account: Account, now: float) -> _Turn:
        """Return the account's turn; the first comes within its interval, and so does a new one."""
        interval = account.provider.settings.probe.interval_seconds
        turn = self._turns.get(account.name)
        if turn is None or turn.interval_seconds != interval:
            due = now + interval * self._dice.roll()
            turn = self._turns[account.name] = _Turn(due, interval)
        return turn

    async def _probe(self, account: Account, turn: _Turn) -> None:
        try:
            outcome = await self._probing(account)
        except Exception:
            logger.exception("the probe of %s failed by a fault of ours", account.name)
            turn.due_seconds = self._clock.monotonic_seconds() + turn.interval_seconds
            return
        finally:
            del self._running[account.name]
        now = self._clock.monotonic_seconds()
        if outcome.good:
            turn.down_since_seconds = None
        elif turn.down_since_seconds is None:
            turn.down_since_seconds = now
            logger.warning("probe account=%s good=no detail=%s", account.name, outcome.detail)
        turn.due_seconds = now + self._wait_seconds(turn, now)

    def _wait_seconds(self, turn: _Turn, now: float) -> float:
        wait = turn.interval_seconds
        if turn.down_since_seconds is not None:
            lasted = now - turn.down_since_seconds
            wait = min(LONGEST_SECONDS, max(SOON_SECONDS, lasted * OUTAGE_SHARE))
        return wait * (1 - JITTER_SHARE * self._dice.roll())


def _wants(account: Account) -> bool:
    return account.clients is not None and account.provider.settings.probe.kind != ProbeKind.OFF
