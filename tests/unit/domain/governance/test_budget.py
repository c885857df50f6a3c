"""Budgets: their windows, their rules, and what they tell."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.governance.budget import Budget, BudgetKind, BudgetSettings, Window
from turnout.domain.governance.budget_events import BudgetRemoved, BudgetRevised, BudgetSet
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import BudgetId

SETTINGS = BudgetSettings(BudgetKind.TEAM, "ads", Window.DAY, Decimal(25))
ID = BudgetId("ads")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window.HOUR, "2024-02-29T13:00", "2024-02-29T14:00"),
        (Window.DAY, "2024-02-29", "2024-03-01"),
        (Window.WEEK, "2024-02-26", "2024-03-04"),
        (Window.MONTH, "2024-02-01", "2024-03-01"),
    ],
)
def test_windows_are_spans_of_the_calendar(window: Window, start: str, end: str) -> None:
    assert window.around(at("2024-02-29T13:37:11")) == (at(start), at(end))


@given(st.sampled_from(Window), st.floats(0, 4e9))
def test_every_moment_lies_in_its_window_and_the_next_one_follows(
    window: Window, moment: float
) -> None:
    start, end = window.around(moment)
    assert start <= moment < end
    assert window.around(end)[0] == end
    assert window.around(start) == (start, end)


def test_a_budget_tells_what_happens_to_it() -> None:
    budget = Budget.set(ID, SETTINGS)
    assert budget.collect() == (BudgetSet(ID, "team", "ads"),)
    assert budget.revise(SETTINGS) == ()
    assert budget.revise(replace(SETTINGS, hard=False)) == ("hard",)
    budget.remove()
    assert budget.collect() == (BudgetRevised(ID, ("hard",)), BudgetRemoved(ID))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": " "}, "budget.subject"),
        ({"subject": "x" * 121}, "budget.subject"),
        ({"limit_dollars": Decimal(0)}, "budget.limit"),
        ({"limit_dollars": Decimal("1e12")}, "budget.limit"),
        ({"alerts": (0.5, 1.5)}, "budget.alerts"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        Budget.set(ID, replace(SETTINGS, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code
