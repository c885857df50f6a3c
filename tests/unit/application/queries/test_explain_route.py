from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway

from turnout.application.queries.explain_route import ExplainRoute
from turnout.domain.inference.capability import Capability, Requirement

GATEWAY = FakeGateway({"a": FakeChatClient(), "b": FakeChatClient()}, rules={"max_attempts": 2})
EXPLAIN = ExplainRoute(GATEWAY.holder, GATEWAY.health, GATEWAY.clock)


def test_the_plan_is_the_relays_own() -> None:
    explanation = EXPLAIN("default", Requirement(frozenset({Capability.CHAT})))
    assert explanation.plan is not None
    assert [target.deployment.id for target in explanation.plan.targets] == ["a/m", "b/m"]
    assert (explanation.revision, explanation.max_attempts) == (1, 2)


def test_what_is_left_out_is_told() -> None:
    explanation = EXPLAIN("default", Requirement(frozenset({Capability.VISION})))
    assert explanation.plan is not None
    assert [drop.rule for drop in explanation.plan.drops] == ["capability", "capability"]


def test_an_unknown_name_has_no_plan_but_neighbours() -> None:
    explanation = EXPLAIN("defaults", Requirement(frozenset()))
    assert explanation.plan is None
    assert explanation.near == ("default",)
