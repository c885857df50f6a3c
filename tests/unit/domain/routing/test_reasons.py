import pytest
from tests.support.targets import priced, targets

from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.reasons import reasons
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy

ASKED = Asked(Requirement(frozenset(), 1000, 100), streamed=False, tenant="")


def told(
    among: list[PlannedTarget], strategy: Strategy, sticky: Stickiness | None = None
) -> list[str | None]:
    found = reasons(RoutePlan("r", tuple(among), (), strategy, sticky), ASKED)
    return [found.get(target.id) for target in among]


def test_who_is_alone_needs_no_reason() -> None:
    assert told(targets(1), Strategy.WEIGHTED) == [None]


def test_weights_are_told_as_shares() -> None:
    assert told(targets(2, 1), Strategy.WEIGHTED) == ["66.7 % of requests", "33.3 % of requests"]


def test_prices_are_those_of_the_request() -> None:
    dear, unknown = priced("a", "1", "10"), targets(1)[0]
    assert told([dear, unknown], Strategy.CHEAPEST) == [
        "$0.002000 for this request, if the answer has 100 tokens",
        "price unknown, so last",
    ]


@pytest.mark.parametrize(
    ("sticky", "words"),
    [
        (Stickiness(StickyBy.KEY), "50 % of keys"),
        (Stickiness(StickyBy.HEADER, "x-session"), "50 % of values of the header x-session"),
        (Stickiness(StickyBy.PROMPT_PREFIX), "50 % of prompts, by their beginning"),
    ],
)
def test_what_sticks_is_named(sticky: Stickiness, words: str) -> None:
    assert told(targets(1, 1), Strategy.STICKY, sticky) == [f"{words}, the same ones each time"] * 2


@pytest.mark.parametrize(
    "strategy", [Strategy.LEAST_IN_FLIGHT, Strategy.FASTEST, Strategy.HEADROOM]
)
def test_what_depends_on_load_says_so(strategy: Strategy) -> None:
    equal, heavy = told(targets(1, 1), strategy)[0], told(targets(1, 3), strategy)[1]
    assert equal
    assert heavy == f"{equal}, for a weight of 3"
