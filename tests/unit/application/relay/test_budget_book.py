"""What workers may spend together, however they ask."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.budgets import FakeShares, SharedPot
from tests.fakes.system import FrozenClock

from turnout.application.relay.budget_book import (
    PATIENCE_SECONDS,
    BudgetBook,
    Entry,
    StoreAway,
)
from turnout.domain.governance.budget import Budget, BudgetKind, BudgetSettings, Window
from turnout.domain.governance.grant import Grant
from turnout.domain.shared.ids import BudgetId

ID = BudgetId("ads")
GRANT = Grant("ci", team="ads")
DOLLAR = 1_000_000_000


def pot(dollars: str, *, hard: bool = True) -> SharedPot:
    settings = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(dollars), hard)
    return SharedPot([Budget(ID, settings)])


async def book_on(
    pot: SharedPot, clock: FrozenClock, patience_seconds: float = PATIENCE_SECONDS
) -> BudgetBook:
    book = BudgetBook(FakeShares(pot), clock, patience_seconds=patience_seconds)
    await book.settle()
    return book


def entry_of(book: BudgetBook) -> Entry:
    (entry,) = book.of(GRANT, "default")
    return entry


async def test_budgets_concern_whom_they_name() -> None:
    book = await book_on(pot("1"), FrozenClock())
    assert book.is_known
    assert not book.is_empty
    assert book.of(GRANT, "default")
    assert not book.of(Grant("ci"), "ads")
    assert not book.of_provider("ads")


async def test_200_at_once_at_two_workers_with_room_for_one() -> None:
    clock, shared = FrozenClock(), pot("1")
    books = [await book_on(shared, clock, patience_seconds=60.0) for _ in range(2)]
    entries = [(book, entry_of(book)) for book in books]
    found = await asyncio.gather(
        *(book.reserve(entry, DOLLAR) for book, entry in entries for _ in range(100))
    )
    assert sum(reservation is not None for reservation in found) == 1


async def test_what_is_charged_is_told_and_the_rest_is_free_for_others() -> None:
    clock, shared = FrozenClock(), pot("1")
    one, other = await book_on(shared, clock), await book_on(shared, clock)
    reservation = await one.reserve(entry_of(one), DOLLAR)
    assert reservation is not None
    one.charge(GRANT, "default", "openai", DOLLAR // 4)
    reservation.release()
    assert await other.reserve(entry_of(other), DOLLAR // 2) is None
    await one.settle()
    await one.settle()  # after a time without use nothing is held back
    clock.move(1.0)
    assert await other.reserve(entry_of(other), DOLLAR * 3 // 4) is not None


async def test_a_process_that_dies_holds_its_loan_back_for_a_minute() -> None:
    clock, shared = FrozenClock(), pot("1")
    dead, other = await book_on(shared, clock), await book_on(shared, clock)
    assert await dead.reserve(entry_of(dead), DOLLAR) is not None
    clock.move(59.0)
    assert await other.reserve(entry_of(other), DOLLAR) is None
    clock.move(2.0)
    assert await other.reserve(entry_of(other), DOLLAR) is not None


async def test_a_store_that_is_away_stops_a_hard_budget_once_its_loan_is_spent() -> None:
    clock, shared = FrozenClock(), pot("1")
    book = await book_on(shared, clock)
    assert await book.reserve(entry_of(book), 1000) is not None
    shared.away = True
    assert await book.reserve(entry_of(book), 1000) is not None
    with pytest.raises(StoreAway):
        await book.reserve(entry_of(book), DOLLAR)
    with pytest.raises(ConnectionError):
        await book.settle()
    shared.away = False
    clock.move(3.0)
    assert await book.reserve(entry_of(book), DOLLAR // 2) is not None


async def test_a_soft_budget_stops_nobody_and_counts() -> None:
    clock, shared = FrozenClock(), pot("1", hard=False)
    book = await book_on(shared, clock)
    shared.away = True
    assert await book.reserve(entry_of(book), 5 * DOLLAR) is not None
    book.charge(GRANT, "default", "openai", 5 * DOLLAR)
    shared.away = False
    await book.settle()
    (share,) = shared.told.values()
    assert (share.spent, share.held) == (5 * DOLLAR, 0)


async def test_a_new_window_begins_anew_and_the_past_one_is_told() -> None:
    clock, shared = FrozenClock(), pot("1")
    book = await book_on(shared, clock)
    reservation = await book.reserve(entry_of(book), DOLLAR)
    assert reservation is not None
    book.charge(GRANT, "default", "openai", DOLLAR)
    reset = book.reset_seconds(entry_of(book))
    clock.move(reset + 1.0)
    assert await book.reserve(entry_of(book), DOLLAR) is not None
    await book.settle()
    assert sorted(share.spent for share in shared.told.values()) == [0, DOLLAR]


async def test_who_ends_gives_everything_back() -> None:
    clock, shared = FrozenClock(), pot("1")
    one, other = await book_on(shared, clock), await book_on(shared, clock)
    assert await one.reserve(entry_of(one), DOLLAR) is not None
    await one.give_back()
    assert await other.reserve(entry_of(other), DOLLAR) is not None


def test_before_the_store_is_made_there_is_no_budget() -> None:
    book = BudgetBook(FakeShares(SharedPot()), FrozenClock())
    book.presume_none()
    assert book.is_known
    assert book.is_empty


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 400), st.floats(0, 1), st.booleans()),
        max_size=40,
    )
)
def test_reservations_of_several_workers_never_exceed_the_budget(
    steps: list[tuple[int, int, float, bool]],
) -> None:
    async def spend() -> int:
        clock, shared = FrozenClock(), pot("0.000001")  # a thousand billionths
        books = [await book_on(shared, clock) for _ in range(3)]
        total = 0
        for number, amount, share, settles in steps:
            book = books[number]
            reservation = await book.reserve(entry_of(book), amount)
            if reservation is not None:
                cost = int(amount * share)
                total += cost
                book.charge(GRANT, "default", "openai", cost)
                reservation.release()
            if settles:
                await book.settle()
            clock.move(0.3)
        return total

    assert asyncio.run(spend()) <= 1000
