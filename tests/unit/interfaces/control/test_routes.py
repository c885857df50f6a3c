import pytest
from tests.support.catalog import OPENAI, deployment
from tests.support.control import FakeControl, problem

from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan

PLAN = RoutePlan(
    "main",
    (PlannedTarget(deployment(OPENAI, "large", Capability.VISION), 0, "openai"),),
    (Drop("google", 1, "capability", "google/gemini does not offer vision"),),
)


async def test_targets_and_drops_are_told_in_order() -> None:
    reasons = {PLAN.targets[0].id: "50 % of requests"}
    hedge, concurrency = HedgeRules(0.5, 0.1), {PLAN.targets[0].id: ConcurrencyRules(most=8)}
    control = FakeControl(
        answer=Explanation("main", 7, PLAN, (), 12.5, 3, hedge, concurrency, reasons=reasons)
    )
    async with control.client() as client:
        answer = await client.get("/api/routes/explain?model=main&needs=vision")
    assert answer.json() == {
        "model": "main",
        "route": "main",
        "strategy": "weighted",
        "revision": 7,
        "deadline_seconds": 12.5,
        "max_attempts": 3,
        "hedge": {"after_seconds": 0.5, "most_share": 0.1},
        "targets": [
            {
                "tier": 0,
                "via": "openai",
                "provider": "openai",
                "model": "large",
                "upstream": "large",
                "capabilities": ["chat", "streaming", "tools", "vision"],
                "weight": 1.0,
                "why": "50 % of requests",
                "concurrency": {"adaptive": True, "most": 8, "queue": 64, "queue_seconds": 5.0},
                "health": None,
            }
        ],
        "dropped": [
            {
                "tier": 1,
                "target": "google",
                "rule": "capability",
                "detail": "google/gemini does not offer vision",
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "capabilities", "input_tokens"),
    [
        ("", {Capability.CHAT}, 0),
        ("&stream=true", {Capability.CHAT, Capability.STREAMING}, 0),
        ("&needs=tools,%20vision,", {Capability.CHAT, Capability.TOOLS, Capability.VISION}, 0),
        ("&needs=embeddings&input_tokens=9", {Capability.EMBEDDINGS}, 9),
    ],
)
async def test_needs_are_read(query: str, capabilities: set[Capability], input_tokens: int) -> None:
    control = FakeControl(answer=Explanation("m", 0, PLAN))
    async with control.client() as client:
        await client.get(f"/api/routes/explain?model=m{query}")
    assert control.asked == [("m", Requirement(frozenset(capabilities), input_tokens))]


async def test_an_unknown_model_is_not_found_and_near_ones_named() -> None:
    control = FakeControl(answer=Explanation("gpt-5", 0, None, ("gpt-4", "gpt-4o")))
    async with control.client() as client:
        answer = await client.get("/api/routes/explain?model=gpt-5")
    assert problem(answer) == (404, "route.unknown_model", "model")
    assert answer.json()["error"]["message"] == (
        "no model 'gpt-5': did you mean 'gpt-4' or 'gpt-4o'?"
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "model"),
        ("model=", "model"),
        ("model=m&needs=vison", "needs"),
        ("model=m&stream=maybe", "stream"),
        ("model=m&input_tokens=-1", "input_tokens"),
        ("model=m&neds=vision", "neds"),
    ],
)
async def test_a_bad_question_names_its_field(query: str, field: str) -> None:
    async with FakeControl().client() as client:
        answer = await client.get(f"/api/routes/explain?{query}")
    assert problem(answer) == (422, "request.invalid", field)
