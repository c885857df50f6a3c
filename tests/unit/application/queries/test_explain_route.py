from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, provider

from turnout.application.queries.explain_route import ExplainRoute
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.fallback_chain import Target
from turnout.domain.routing.hedge_rules import HedgeRules

GATEWAY = FakeGateway({"a": FakeChatClient(), "b": FakeChatClient()}, rules={"max_attempts": 2})
EXPLAIN = ExplainRoute(GATEWAY.holder, GATEWAY.health, GATEWAY.clock)


def test_the_plan_is_the_relays_own() -> None:
    explanation = EXPLAIN("default", Requirement(frozenset({Capability.CHAT})))
    assert explanation.plan is not None
    assert [target.deployment.id for target in explanation.plan.targets] == ["a/m", "b/m"]
    assert (explanation.revision, explanation.max_attempts) == (1, 2)


def test_what_bounds_attempts_at_once_is_told() -> None:
    rules, hedge = ConcurrencyRules(most=8), HedgeRules(after_seconds=0.5)
    world = FakeGateway(
        {"a": FakeChatClient()},
        providers=[provider("a", concurrency=rules)],
        rules={"hedge": hedge},
    )
    explain = ExplainRoute(world.holder, world.health, world.clock)
    told = explain("default", Requirement(frozenset({Capability.CHAT})))
    assert (told.hedge, told.concurrency) == (hedge, {"a/m": rules})


def test_what_is_left_out_is_told() -> None:
    explanation = EXPLAIN("default", Requirement(frozenset({Capability.VISION})))
    assert explanation.plan is not None
    assert [drop.rule for drop in explanation.plan.drops] == ["capability", "capability"]


def test_an_unknown_name_has_no_plan_but_neighbours() -> None:
    explanation = EXPLAIN("defaults", Requirement(frozenset()))
    assert explanation.plan is None
    assert explanation.near == ("default",)


def test_equals_stand_as_a_first_request_would_find_them() -> None:
    tier = tuple(Target.parse(name, weight=weight) for name, weight in (("a", 1), ("b", 3)))
    world = FakeGateway({"a": FakeChatClient(), "b": FakeChatClient()}, rules={"tiers": (tier,)})
    explain = ExplainRoute(world.holder, world.health, world.clock)
    told = [explain("default", Requirement(frozenset({Capability.CHAT}))) for _ in range(2)]
    assert told[0] == told[1]
    plan, reasons = told[0].plan, told[0].reasons
    assert plan is not None
    assert [(t.via, reasons[t.id]) for t in plan.targets] == [
        ("b", "75 % of requests"),
        ("a", "25 % of requests"),
    ]
