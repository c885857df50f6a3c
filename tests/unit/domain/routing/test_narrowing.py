from tests.support.gateways import chain, deployment, provider

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.narrowing import NOT_ALLOWED, narrowed
from turnout.domain.routing.route import bind

A = provider("a", deployment("a", "one"), deployment("a", "two"))
B = provider("b", deployment("b", "one"))
ROUTE = bind(chain("default", "a", "b", deadline_seconds=7.0), {A.id: A, B.id: B}, {})
CHAT = Requirement(frozenset({Capability.CHAT}))


def planned(allows: "set[str]") -> tuple[list[str], list[tuple[str, str]]]:
    route = narrowed(ROUTE, lambda d: str(d.id) in allows)
    assert route is not None
    plan = route.plan(CHAT)
    return [str(t.deployment.id) for t in plan.targets], [(d.target, d.rule) for d in plan.drops]


def test_a_provider_that_is_not_allowed_is_dropped_with_a_reason() -> None:
    assert planned({"b/one"}) == (["b/one"], [("a", NOT_ALLOWED)])


def test_of_a_provider_the_models_that_are_allowed_stay() -> None:
    assert planned({"a/two", "b/one"}) == (["a/two", "b/one"], [])


def test_all_else_of_the_route_stays() -> None:
    route = narrowed(ROUTE, lambda deployment: True)
    assert route is not None
    assert (route.tiers, route.deadline_seconds) == (ROUTE.tiers, 7.0)


def test_nothing_is_left_of_a_route_that_is_not_allowed() -> None:
    def nothing(deployment: Deployment) -> bool:
        return False

    assert narrowed(ROUTE, nothing) is None
    broken = bind(chain("default", "gone"), {}, {})
    assert narrowed(broken, nothing) == broken, "that it leads nowhere is no secret"
