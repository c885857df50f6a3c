"""Purses: what was lent is never reserved twice."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from turnout.domain.governance.purse import Purse


def test_what_was_lent_may_be_spent_for_a_while() -> None:
    purse = Purse(0, 100, held=10, lent_until=50.0)
    assert purse.free(49.0) == 10
    assert purse.free(50.0) == 0
    assert not purse.reserve(1, 50.0)


def test_a_reservation_of_a_past_window_is_none_of_this_one() -> None:
    purse = Purse(100, 200, held=10, reserved=5, lent_until=150.0)
    purse.release(5, start=0)
    assert purse.reserved == 5


def test_after_a_time_without_use_only_what_is_reserved_is_kept() -> None:
    purse = Purse(0, 100, held=10, lent_until=50.0)
    assert purse.reserve(4, 1.0)
    assert purse.keep() == 10
    assert purse.keep() == 4


class Spending(RuleBasedStateMachine):
    """Requests reserve, are charged no more than that, and release."""

    def __init__(self) -> None:
        super().__init__()
        self.purse = Purse(0, 100, lent_until=50.0)
        self.lent = 0
        self.reserved: list[int] = []

    @rule(amount=st.integers(1, 50))
    def lend(self, amount: int) -> None:
        self.purse.held += amount
        self.lent += amount

    @rule(amount=st.integers(1, 30))
    def reserve(self, amount: int) -> None:
        if self.purse.reserve(amount, 1.0):
            self.reserved.append(amount)

    @precondition(lambda self: self.reserved)
    @rule(share=st.floats(0, 1))
    def settle(self, share: float) -> None:
        amount = self.reserved.pop()
        self.purse.charge(int(amount * share))
        self.purse.release(amount, 0)

    @invariant()
    def nothing_is_spent_that_was_not_lent(self) -> None:
        assert self.purse.spent + sum(self.reserved) <= self.lent
        assert self.purse.reserved == sum(self.reserved)


TestSpending = Spending.TestCase
