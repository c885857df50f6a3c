from decimal import Decimal

from tests.support.control import FakeControl, problem

from turnout.domain.governance.budget import BudgetKind, BudgetSettings, UnknownPrice, Window
from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.shared.ids import BudgetId

BODY = {"kind": "team", "subject": "ads", "window": "day", "limit_dollars": "25.5"}


async def test_a_budget_is_set_shown_and_removed() -> None:
    control = FakeControl()
    async with control.client() as client:
        made = await client.put("/api/budgets/ads", json=BODY)
        assert made.status_code == 201
        again = await client.put("/api/budgets/ads", json={**BODY, "hard": False})
        assert again.status_code == 200
        assert (await client.get("/api/budgets")).json() == [again.json()]
        shown = (await client.get("/api/budgets/ads")).json()
        assert (shown["limit_dollars"], shown["spent_dollars"]) == ("25.5", "0")
        assert (shown["starts_at"], shown["resets_at"]) == (
            "2023-11-14T00:00:00Z",
            "2023-11-15T00:00:00Z",
        )
        assert (await client.delete("/api/budgets/ads")).status_code == 204
        gone = problem(await client.get("/api/budgets/ads"))
        assert gone == (404, "budget.unknown", None)


async def test_what_makes_no_sense_is_refused() -> None:
    async with FakeControl().client() as client:
        for wrong in (
            {"limit_dollars": 0},
            {"kind": "nobody"},
            {"window": "year"},
            {"alerts": [2]},
            {"subject": " "},
            {"more": 1},
        ):
            answer = await client.put("/api/budgets/ads", json={**BODY, **wrong})
            assert answer.status_code == 422
        assert (await client.put("/api/budgets/-x", json=BODY)).status_code == 422


async def test_limits_of_the_file_and_of_keys_are_shown() -> None:
    control = FakeControl(limits=LimitRules(teams={"ads": RateLimits(3)}))
    async with control.client() as client:
        limits = {"tokens_per_minute": 500}
        await client.post("/api/keys", json={"name": "ci", "limits": limits})
        shown = (await client.get("/api/limits")).json()
        assert shown["teams"]["ads"]["requests_per_minute"] == 3
        assert shown["access_keys"]["key_1"]["tokens_per_minute"] == 500
        revised = await client.patch("/api/keys/key_1", json={"limits": {}})
        assert revised.json()["limits"]["tokens_per_minute"] is None


async def test_what_is_stored_is_what_was_said() -> None:
    control = FakeControl()
    async with control.client() as client:
        await client.put("/api/budgets/ads", json={**BODY, "unknown_price": "refuse"})
    assert control.budgets.stored[BudgetId("ads")] == BudgetSettings(
        BudgetKind.TEAM,
        "ads",
        Window.DAY,
        Decimal("25.5"),
        unknown_price=UnknownPrice.REFUSE,
    )
