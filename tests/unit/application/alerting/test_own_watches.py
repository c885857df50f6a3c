"""What the gateway finds at itself."""

from decimal import Decimal

import pytest

from turnout.application.alerting.own_watches import (
    BudgetWatch,
    CertificateWatch,
    LedgerWatch,
    ReloadWatch,
)
from turnout.application.ports.budget_store import BudgetState
from turnout.domain.alerting.rule import AlertRules
from turnout.domain.governance.budget import Budget, BudgetKind, BudgetSettings, Window
from turnout.domain.shared.ids import BudgetId

DAY = 86_400.0
RULES = AlertRules(expiry_days=10)


async def test_faults_of_a_file_are_one_finding() -> None:
    assert await ReloadWatch(lambda: ())(RULES, 0.0) == []
    (found,) = await ReloadWatch(lambda: ("a.yaml:1: no", "a.yaml:2: no"))(RULES, 0.0)
    assert found.summary == "the changed configuration is not used: a.yaml:1: no (and 1 more)"


async def test_a_certificate_that_ends_soon_is_found() -> None:
    ends = {"soon.pem": 9 * DAY, "late.pem": 11 * DAY, "gone.pem": -1.0}
    watch = CertificateWatch(lambda: ("soon.pem", "late.pem", "gone.pem"), ends.__getitem__)
    assert [each.summary for each in await watch(RULES, 0.0)] == [
        "the certificate soon.pem ends in 9.0 days",
        "the certificate gone.pem has ended",
    ]


async def test_losses_are_found_when_they_grow() -> None:
    totals = iter([5.0, 5.0, 8.0, 8.0, 1.0])

    async def losses() -> float:
        return next(totals)

    watch = LedgerWatch(losses)
    assert [len(await watch(RULES, 0.0)) for _ in range(5)] == [0, 0, 1, 0, 0]


class View:
    """A BudgetView of one budget of ten dollars, of which so many nanos are spent."""

    def __init__(self, spent: int, alerts: tuple[float, ...]) -> None:
        settings = BudgetSettings(BudgetKind.TEAM, "tools", Window.DAY, Decimal(10), alerts=alerts)
        self.state = BudgetState(Budget(BudgetId("b1"), settings), 0, 1, spent, 0)

    async def list(self, now: float) -> list[BudgetState]:
        return [self.state]

    async def get(self, id: BudgetId, now: float) -> BudgetState | None:
        return self.state


@pytest.mark.parametrize(
    ("dollars", "alerts", "is_found"),
    [(7, (0.8, 0.9), False), (8, (0.8, 0.9), True), (9, (), False), (10, (), True)],
)
async def test_a_budget_is_found_from_its_first_share_on(
    dollars: int, alerts: tuple[float, ...], is_found: bool
) -> None:
    found = await BudgetWatch(View(dollars * 1_000_000_000, alerts))(RULES, 0.0)
    assert bool(found) is is_found
    if found:
        assert f"{dollars}0% of the budget b1 is spent: ${dollars}.00 of $10" in found[0].summary
