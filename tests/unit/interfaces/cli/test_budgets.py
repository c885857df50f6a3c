import json
from decimal import Decimal

from tests.support.cli import NotedActions, run

from turnout.domain.governance.budget import BudgetKind, BudgetSettings, UnknownPrice, Window
from turnout.interfaces.cli.where import ControlPlane

HERE = ControlPlane("http://127.0.0.1:8081", None)
SET = ("budgets", "set", "ads", "--kind", "team", "--subject", "ads", "--window", "day")


def test_budgets_are_listed() -> None:
    noted = NotedActions()
    ran = run(noted.actions(), "budgets", "list")
    assert ran.code == 0
    assert "team ads" in ran.output
    assert "$25 a day" in ran.output
    (row,) = json.loads(run(noted.actions(), "budgets", "list", "--json").output)
    assert row["spent_dollars"] == "1.5"


def test_a_budget_is_set() -> None:
    noted = NotedActions()
    ran = run(
        noted.actions(), *SET, "--limit", "0.5", "--soft", "--alert", "0.5", "--alert", "0.9",
        "--unknown-price", "refuse",
    )  # fmt: skip
    assert ran.code == 0
    settings = BudgetSettings(
        BudgetKind.TEAM,
        "ads",
        Window.DAY,
        Decimal("0.5"),
        hard=False,
        alerts=(0.5, 0.9),
        unknown_price=UnknownPrice.REFUSE,
    )
    assert noted.asked == [("set budget", HERE, "ads", settings)]


def test_what_is_no_amount_is_refused() -> None:
    noted = NotedActions()
    for wrong in ("much", "NaN", "Infinity"):
        ran = run(noted.actions(), *SET, "--limit", wrong)
        assert ran.code == 2
        assert "expected an amount of dollars" in ran.errors
    assert noted.asked == []


def test_a_budget_is_removed() -> None:
    noted = NotedActions()
    assert run(noted.actions(), "budgets", "remove", "ads").output == "ads is removed\n"
    assert noted.asked == [("remove budget", HERE, "ads")]
