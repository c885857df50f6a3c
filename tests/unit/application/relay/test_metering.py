"""What a request is held against, and what it is refused by."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.gateways import chat_request
from tests.support.metered import MeteredGateway

from turnout.application.relay.answers import NoTargetFits
from turnout.application.relay.overuse import BudgetSpent, BudgetUnknown, LimitReached
from turnout.domain.governance.budget import BudgetKind, BudgetSettings, UnknownPrice, Window
from turnout.domain.governance.grant import Grant
from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.inference.request import ChatRequest

GRANT = Grant("ci", team="ads", project="bots")
ROUTE = BudgetSettings(BudgetKind.ROUTE, "default", Window.DAY, Decimal(5))
NORTH = BudgetSettings(BudgetKind.PROVIDER, "north", Window.DAY, Decimal(5))


def question(tokens: int, model: str = "default") -> ChatRequest:
    request = chat_request(model)
    request.needs = replace(request.needs, output_tokens=tokens)
    return request


@pytest.mark.parametrize("kind", ["keys", "teams", "models", "routes"])
async def test_each_kind_of_limit_holds(kind: str) -> None:
    name = {"keys": "ci", "teams": "ads", "models": "m", "routes": "default"}[kind]
    gateway = MeteredGateway(LimitRules(**{kind: {name: RateLimits(1)}}))
    model = "m" if kind == "models" else "default"
    await gateway.chat.complete(chat_request(model), GRANT)
    with pytest.raises(LimitReached) as refused:
        await gateway.chat.complete(chat_request(model), GRANT)
    assert refused.value.verdict.wait_seconds == 60.0
    assert kind.removesuffix("s") in refused.value.message


async def test_what_a_grant_brings_along_goes_before_the_file() -> None:
    gateway = MeteredGateway(LimitRules(keys={"*": RateLimits(100)}))
    grant = Grant("ci", limits=RateLimits(1))
    await gateway.chat.complete(chat_request(), grant)
    with pytest.raises(LimitReached):
        await gateway.chat.complete(chat_request(), grant)


async def test_a_name_that_leads_nowhere_is_not_held() -> None:
    gateway = MeteredGateway(LimitRules(keys={"*": RateLimits(1)}))
    request = chat_request("nobody")
    assert await gateway.metering.hold("nobody", request.needs, GRANT, None) is None


async def test_a_budget_is_charged_by_what_was_used() -> None:
    gateway = MeteredGateway(budgets=[ROUTE])
    await gateway.book.settle()
    await gateway.chat.complete(question(4), GRANT)  # two of them are used
    await gateway.chat.complete(question(3), GRANT)
    with pytest.raises(BudgetSpent, match=r"\$5 for each day") as refused:
        await gateway.chat.complete(question(2), GRANT)
    assert 0 < refused.value.reset_seconds <= 86400
    await gateway.chat.complete(question(1), GRANT)


async def test_a_spent_provider_is_passed_over_with_its_reason() -> None:
    gateway = MeteredGateway(budgets=[NORTH])
    await gateway.book.settle()
    relayed = await gateway.chat.complete(question(6), GRANT)
    assert relayed.taken.provider == "south"
    assert (await gateway.chat.complete(question(5), GRANT)).taken.provider == "north"


async def test_where_every_provider_is_spent_nobody_is_asked() -> None:
    gateway = MeteredGateway(budgets=[NORTH, replace(NORTH, subject="south")])
    await gateway.book.settle()
    with pytest.raises(NoTargetFits) as refused:
        await gateway.chat.complete(question(6), GRANT)
    assert [drop.rule for drop in refused.value.plan.drops] == ["budget_spent", "budget_spent"]


async def test_a_budget_may_refuse_what_has_no_price() -> None:
    strict = replace(ROUTE, unknown_price=UnknownPrice.REFUSE)
    gateway = MeteredGateway(budgets=[strict], prices={"north": None})
    await gateway.book.settle()
    assert (await gateway.chat.complete(question(1), GRANT)).taken.provider == "south"
    lenient = MeteredGateway(budgets=[ROUTE], prices={"north": None})
    await lenient.book.settle()
    assert (await lenient.chat.complete(question(1), GRANT)).taken.provider == "north"


async def test_a_provider_whose_budget_refuses_what_has_no_price_is_passed_over() -> None:
    strict = replace(NORTH, unknown_price=UnknownPrice.REFUSE)
    gateway = MeteredGateway(budgets=[strict], prices={"north": None})
    await gateway.book.settle()
    assert (await gateway.chat.complete(question(1), GRANT)).taken.provider == "south"


async def test_a_refused_budget_gives_limits_back() -> None:
    rules = LimitRules(keys={"*": RateLimits(concurrent_requests=1)})
    gateway = MeteredGateway(rules, budgets=[ROUTE])
    await gateway.book.settle()
    for _ in range(2):
        with pytest.raises(BudgetSpent):
            await gateway.chat.complete(question(6), GRANT)
    await gateway.chat.complete(question(1), GRANT)


async def test_while_the_store_is_away_a_hard_budget_stops_what_it_cannot_lend() -> None:
    gateway = MeteredGateway(budgets=[ROUTE])
    await gateway.book.settle()
    gateway.pot.away = True
    with pytest.raises(BudgetUnknown):
        await gateway.chat.complete(question(1), GRANT)
