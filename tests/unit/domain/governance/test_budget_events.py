"""Events of budgets are values."""

from turnout.domain.governance.budget_events import BudgetExhausted, BudgetThresholdCrossed
from turnout.domain.shared.ids import BudgetId


def test_what_was_told_can_be_compared() -> None:
    crossed = BudgetThresholdCrossed(BudgetId("ads"), 0, 0.8, 8)
    assert crossed == BudgetThresholdCrossed(BudgetId("ads"), 0, 0.8, 8)
    assert BudgetExhausted(BudgetId("ads"), 0, 8) != BudgetExhausted(BudgetId("ads"), 1, 8)
