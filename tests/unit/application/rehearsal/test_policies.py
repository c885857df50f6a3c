from dataclasses import replace

import pytest
from tests.support.rehearsals import route_to

from turnout.application.rehearsal.policies import AS_CONFIGURED, BARE, compared
from turnout.domain.routing.routing_policy import Strategy

CHAIN = route_to(["north"], ["south"])


def test_as_configured_changes_nothing() -> None:
    assert AS_CONFIGURED.applied_to(CHAIN) == CHAIN
    assert AS_CONFIGURED.retry_budget().take(0.0)


def test_the_bare_gateway_has_one_tier_and_never_retries() -> None:
    assert BARE.applied_to(CHAIN).tiers == CHAIN.tiers[:1]
    budget = BARE.retry_budget()
    for second in range(1_000):
        budget.count_request(float(second))
        assert not budget.take(float(second))


def test_each_policy_is_left_out_in_turn() -> None:
    names = [policies.name for policies in compared(CHAIN)]
    assert names[:5] == ["as configured", "no retries", "no circuits", "no fallback", "no rescue"]
    assert names[-2:] == ["no concurrency limit", "none of these"]


def test_what_a_route_does_not_have_is_not_compared() -> None:
    names = {policies.name for policies in compared(replace(route_to(["north"]), rescue=False))}
    assert names.isdisjoint({"no fallback", "no rescue", *Strategy})


@pytest.mark.parametrize("strategy", [Strategy.WEIGHTED, Strategy.FASTEST])
def test_where_there_is_a_choice_every_other_strategy_is_compared(strategy: Strategy) -> None:
    route = route_to(["north", "south"], strategy=strategy)
    found = {each.strategy: each.applied_to(route).strategy for each in compared(route)}
    assert found == {None: strategy} | {each: each for each in Strategy if each is not strategy}
