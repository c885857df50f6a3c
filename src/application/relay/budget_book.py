"""BudgetBook: what a worker may spend of each budget, and how it is lent more.

A worker spends from its purse without asking anybody. What a purse lacks is borrowed from the
store, which lends each cent to one process only: so a hard budget holds however many there are.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from turnout.application.ports.budget_store import BudgetShares, Loan, Share
from turnout.application.ports.system import Clock
from turnout.domain.governance.budget import Budget, UnknownPrice
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.purse import Purse
from turnout.domain.shared.ids import BudgetId
from turnout.domain.shared.money import nanos

LEND_SECONDS = 60.0
"""How long a process may spend what it was lent; who dies holds it back for so long."""
LEAST_LOAN = 10_000_000
"""A cent, in billionths of a dollar: what is asked for gladly, even where a request needs less."""
AHEAD = 16
"""So many requests' worth are asked for gladly."""
DRY_SECONDS = 0.25
"""After an empty answer, the store is not asked again for so long."""
PATIENCE_SECONDS = 0.25
"""How long a request waits for the store, at most."""
REST_SECONDS = 2.0
"""How long a store that did not answer is left alone; meanwhile nobody waits."""


class StoreAway(Exception):
    """The store cannot be asked what is left."""


@dataclass(slots=True, eq=False)
class Entry:
    """A budget, and this process's purse."""

    budget: Budget
    limit: int
    purse: Purse = field(default_factory=Purse)
    dry_until: float = -inf
    dry_amount: int = 0
    borrowing: "asyncio.Task[bool] | None" = None

    @property
    def refuses_unknown(self) -> bool:
        """Whether what has no price may not be used."""
        return self.budget.settings.unknown_price is UnknownPrice.REFUSE


@dataclass(slots=True)
class Reservation:
    """An amount set aside in a purse."""

    entry: Entry
    amount: int
    start: int

    def release(self) -> None:
        """Let go of it."""
        self.entry.purse.release(self.amount, self.start)


class BudgetBook:
    """One worker's. `settle` is called again and again beside the requests."""

    def __init__(
        self, shares: BudgetShares, clock: Clock, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._shares = shares
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._entries: dict[BudgetId, Entry] = {}
        self._by_owner: dict[str, dict[str, list[Entry]]] = {}
        self._past: dict[tuple[BudgetId, int], Share] = {}
        self._store = asyncio.Lock()
        self._rests_until = -inf
        self.is_known = False
        """Whether it is known which budgets there are."""

    def presume_none(self) -> None:
        """Begin without budgets: the store is being made."""
        self.is_known = True

    @property
    def is_empty(self) -> bool:
        """Whether there is no budget at all."""
        return not self._entries

    def of(self, grant: Grant, route: str) -> list[Entry]:
        """Return the budgets that a request counts for, whoever answers it."""
        found: list[Entry] = []
        for kind, entries in self._by_owner.items():
            subject = _subject(kind, grant, route)
            if subject is not None and subject in entries:
                found += entries[subject]
        return found

    def of_provider(self, provider: str) -> Sequence[Entry]:
        """Return the budgets that what `provider` answers counts for."""
        entries = self._by_owner.get("provider")
        return () if entries is None else entries.get(provider, ())

    def charge(self, grant: Grant, route: str, provider: str, amount: int) -> None:
        """Count what an attempt has cost."""
        now = self._clock.epoch_seconds()
        for entry in (*self.of(grant, route), *self.of_provider(provider)):
            self._current(entry, now).charge(amount)

    def reserve_now(self, entry: Entry, amount: int) -> Reservation | None:
        """Set `amount` aside if that needs nobody to be asked."""
        now = self._clock.epoch_seconds()
        purse = self._current(entry, now)
        if not entry.budget.settings.hard:
            return Reservation(entry, 0, purse.start)
        return Reservation(entry, amount, purse.start) if purse.reserve(amount, now) else None

    async def reserve(self, entry: Entry, amount: int) -> Reservation | None:
        """Set `amount` aside; None where the budget has no room. Raises StoreAway.

        Waits only where the purse has too little, and then for a bounded time.
        """
        now = self._clock.epoch_seconds()
        purse = self._current(entry, now)
        while entry.budget.settings.hard and not purse.reserve(amount, now):
            if self._is_dry(entry, amount):
                return None
            if not await self._borrow(entry, amount):
                return None
            now = self._clock.epoch_seconds()
            purse = self._current(entry, now)
        return Reservation(entry, amount if entry.budget.settings.hard else 0, purse.start)

    def reset_seconds(self, entry: Entry) -> float:
        """Return in how many seconds the budget begins anew."""
        return max(0.0, entry.purse.end - self._clock.epoch_seconds())

    async def settle(self) -> None:
        """Tell the store what was spent, and learn which budgets there are. Raises what it does."""
        async with self._store:
            await self._tell()
            self._take(await self._shares.budgets())

    async def give_back(self) -> None:
        """Tell what was spent, and hold nothing any more: the process ends."""
        async with self._store:
            for entry in self._entries.values():
                entry.purse.held = 0
            await self._tell()

    def _take(self, budgets: Iterable[Budget]) -> None:
        self.is_known = True
        before, self._entries = self._entries, {}
        self._by_owner = {}
        for budget in budgets:
            entry = before.get(budget.id) or Entry(budget, 0)
            if entry.budget.settings.window is not budget.settings.window:
                entry = Entry(budget, 0)
            entry.budget, entry.limit = budget, nanos(budget.settings.limit_dollars)
            self._entries[budget.id] = entry
            owners = self._by_owner.setdefault(budget.settings.kind.value, {})
            owners.setdefault(budget.settings.subject, []).append(entry)

    def _current(self, entry: Entry, now: float) -> Purse:
        """Return the purse of the present window."""
        purse = entry.purse
        if purse.start <= now < purse.end:
            return purse
        if purse.spent or purse.held:
            past = Share(entry.budget.id, purse.start, purse.spent, 0, now)
            self._past[past.budget, past.start] = past
        start, end = entry.budget.settings.window.around(now)
        entry.purse = Purse(start, end)
        entry.dry_until = -inf
        return entry.purse

    async def _borrow(self, entry: Entry, least: int) -> bool:
        """Have more lent; requests that need it at the same time wait together."""
        if self._clock.monotonic_seconds() < self._rests_until:
            raise StoreAway
        task = entry.borrowing
        if task is None:
            task = entry.borrowing = asyncio.create_task(self._lent(entry, least))
            task.add_done_callback(lambda done: _over(entry, done))
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            self._rest()
            raise StoreAway from None

    async def _lent(self, entry: Entry, least: int) -> bool:
        async with self._store:
            now = self._clock.epoch_seconds()
            purse = self._current(entry, now)
            lacking = least - (purse.held - purse.reserved)
            if purse.free(now) >= least:
                return True
            until = now + LEND_SECONDS
            told = self._share(entry, now, until)
            wanted = max(lacking, AHEAD * least, LEAST_LOAN)
            loan = Loan(entry.budget.id, purse.start, lacking, wanted, now, until)
            try:
                # What was spent since the last word is still held, as far as the store knows.
                await self._shares.tell([told])
                granted = await self._shares.borrow(loan) - told.held
            except Exception as error:
                self._rest()
                raise StoreAway from error
            if granted <= 0:
                entry.dry_until = self._clock.monotonic_seconds() + DRY_SECONDS
                entry.dry_amount = least
                return False
            purse.held += granted
            purse.lent_until = until
            purse.is_known = True
            return True

    async def _tell(self) -> None:
        now = self._clock.epoch_seconds()
        until = now + LEND_SECONDS
        told: list[tuple[Purse, Share]] = []
        for entry in self._entries.values():
            purse = self._current(entry, now)
            if purse.is_known or purse.spent or purse.held:
                purse.keep()
                told.append((purse, self._share(entry, now, until)))
        past = list(self._past.items())
        shares = [share for _, share in told] + [share for _, share in past]
        if not shares:
            return
        await self._shares.tell(shares)
        for purse, _ in told:
            purse.lent_until = until
            purse.is_known = purse.held > 0
        for key, share in past:
            if self._past.get(key) is share:
                del self._past[key]

    def _share(self, entry: Entry, now: float, until: float) -> Share:
        purse = entry.purse
        if now >= purse.lent_until:
            purse.held = 0  # the store may have lent it to others meanwhile
        return Share(entry.budget.id, purse.start, purse.spent, purse.held, until)

    def _is_dry(self, entry: Entry, amount: int) -> bool:
        """Tell whether the store has just refused so much."""
        now = self._clock.monotonic_seconds()
        return now < entry.dry_until and amount >= entry.dry_amount

    def _rest(self) -> None:
        self._rests_until = self._clock.monotonic_seconds() + REST_SECONDS


def _subject(kind: str, grant: Grant, route: str) -> str | None:
    """Return whose budgets of this kind a request counts for; None for nobody's."""
    if kind == "key":
        return grant.key or grant.key_name
    if kind == "route":
        return route
    if kind == "team":
        return grant.team
    return grant.project if kind == "project" else None


def _over(entry: Entry, task: "asyncio.Task[bool]") -> None:
    entry.borrowing = None
    if not task.cancelled():
        task.exception()  # whoever waited has been told
