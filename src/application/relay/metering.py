"""Metering: holds each request against limits and budgets before it is relayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from turnout.application.ports.limit_store import Counter, LimitStore, Verdict
from turnout.application.ports.system import IdSource
from turnout.application.relay.budget_book import BudgetBook, Entry, Reservation, StoreAway
from turnout.application.relay.dearest import Dearest, PriceBook
from turnout.application.relay.hold import Hold
from turnout.application.relay.limit_book import LimitBook
from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.route import Route
from turnout.domain.shared.ids import RequestId


@dataclass(frozen=True, slots=True)
class Metering:
    """Reserves by estimates; what was used is settled when a request is over.

    An estimate is the prompt's length and the most that the caller lets the answer have. What a
    name leads to nowhere is not held: the relay says so.
    """

    holder: SnapshotHolder
    limits: LimitBook
    store: LimitStore
    budgets: BudgetBook
    ids: IdSource
    prices: PriceBook = field(default_factory=PriceBook)

    def concerns(self, grant: Grant) -> bool:
        """Tell whether requests of `grant` may be limited at all."""
        return self.limits.limits(grant) or not self.budgets.is_empty

    async def hold(
        self, model: str, needs: Requirement, grant: Grant, id: RequestId | None
    ) -> Hold | None:
        """Hold one request. Raises LimitReached, BudgetSpent, BudgetUnknown."""
        snapshot = self.holder.current
        route = snapshot.route(model, grant.scope)
        if route is None:
            return None
        request_id = id or self.ids.next_request()
        counters = self.limits.counters(grant, route, is_chain=model in snapshot.chains)
        hold = await self._counted(counters, needs, request_id)
        if not self.budgets.is_empty:
            try:
                await self._reserved(hold, route, needs, grant)
            except BaseException:
                hold.release()
                raise
        return hold

    async def _counted(
        self, counters: Sequence[Counter], needs: Requirement, request_id: RequestId
    ) -> Hold:
        tokens = needs.likely_input_tokens + needs.likely_output_tokens if counters else 0
        hold = Hold(self.store, counters, request_id, tokens)
        if not counters:
            return hold
        asked = self.store.take(counters, tokens, request_id)
        verdict = asked if isinstance(asked, Verdict) else await asked
        if verdict.refused is not None:
            raise LimitReached(request_id, verdict.refused, verdict)
        hold.verdict = verdict
        return hold

    async def _reserved(self, hold: Hold, route: Route, needs: Requirement, grant: Grant) -> None:
        dearest = self.prices.of(self.holder.current, route)
        entries = self.budgets.of(grant, route.name)
        reservations: list[Reservation] = []
        hold.reserve(reservations)
        amount = dearest.amount(needs)
        for entry in entries:
            if entry.refuses_unknown and not dearest.is_known:
                hold.bar_unpriced()
            reservation = await self._of(entry, amount, hold.id)
            if reservation is None:
                raise BudgetSpent(hold.id, _spent(entry), self.budgets.reset_seconds(entry))
            reservations.append(reservation)
        for provider, entry in self._of_providers(dearest):
            if entry.refuses_unknown:
                hold.bar_unpriced(provider)
            reservation = await self._of(entry, dearest.amount_at(provider, needs), hold.id)
            if reservation is None:
                hold.bar(provider, _spent(entry))
            else:
                reservations.append(reservation)

    def _of_providers(self, dearest: Dearest) -> Iterator[tuple[str, Entry]]:
        for provider in dearest.providers:
            for entry in self.budgets.of_provider(provider):
                yield provider, entry

    async def _of(self, entry: Entry, amount: int, request_id: RequestId) -> Reservation | None:
        reservation = self.budgets.reserve_now(entry, amount)
        if reservation is not None:
            return reservation
        try:
            return await self.budgets.reserve(entry, amount)
        except StoreAway:
            raise BudgetUnknown(request_id) from None


def _spent(entry: Entry) -> str:
    settings = entry.budget.settings
    return (
        f"The budget of this {settings.kind.value} has no room for the request: "
        f"${settings.limit_dollars:f} for each {settings.window.value}."
    )
