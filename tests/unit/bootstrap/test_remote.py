"""Asking a running control plane, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.support.control import FakeControl, serving_control
from tests.support.gateways import deployment
from tests.support.upstream import upstream, whole

from turnout.application.queries.explain_route import Explanation
from turnout.bootstrap.remote import explain_at, providers_at
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.interfaces.cli.actions import ControlPlane, NoAnswer

C = Capability
TOKEN = "planted-token"
NEEDS = Requirement(frozenset({C.CHAT, C.VISION}), 7)
PLAN = RoutePlan(
    "default",
    (PlannedTarget(deployment("north"), 1, "north/m", 0.5),),
    (Drop("south", 0, "capability", "no vision"),),
    Strategy.FASTEST,
)
ENTRY = {"name": "north", "protocol": "openai_chat", "base_url": "http://x", "models": ["m"]}


@pytest.fixture
async def served() -> AsyncIterator[tuple[FakeControl, ControlPlane]]:
    reasons = {PLAN.targets[0].id: "half of the requests"}
    rules = HedgeRules(0.5), {PLAN.targets[0].id: ConcurrencyRules(most=8)}
    told = Explanation("default", 3, PLAN, (), 60.0, 4, *rules, reasons=reasons)
    control = FakeControl(answer=told)
    async with serving_control(control.app(TOKEN)) as url:
        yield control, ControlPlane(url, TOKEN)


async def off_the_loop(ask: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(ask, *arguments)


async def test_an_explanation_comes_back_as_it_was(
    served: tuple[FakeControl, ControlPlane],
) -> None:
    control, plane = served
    assert await off_the_loop(explain_at, plane, "default", NEEDS) == control.answer
    assert control.asked == [("default", NEEDS)]


async def test_an_unknown_model_is_told_in_the_gateways_words(
    served: tuple[FakeControl, ControlPlane],
) -> None:
    control, plane = served
    control.answer = Explanation("defualt", 3, None, ("default",))
    with pytest.raises(NoAnswer, match="404: no model 'defualt': did you mean 'default'"):
        await off_the_loop(explain_at, plane, "defualt", NEEDS)


async def test_providers_come_back_as_rows(served: tuple[FakeControl, ControlPlane]) -> None:
    control, plane = served
    async with control.client(TOKEN) as client:
        client.headers["authorization"] = f"Bearer {TOKEN}"
        made = await client.post("/api/providers", json=ENTRY)
    assert made.status_code == 201
    (row,) = await off_the_loop(providers_at, plane, frozenset({C.TOOLS, C.CHAT}))
    assert (row.name, row.deployments[0].model, row.enabled) == ("north", "m", True)
    assert await off_the_loop(providers_at, plane, frozenset({C.AUDIO})) == []


async def test_a_wrong_token_is_refused_and_not_repeated(
    served: tuple[FakeControl, ControlPlane],
) -> None:
    _, plane = served
    for token in (None, "planted-wrong"):
        with pytest.raises(NoAnswer, match=r"refused with 401: .*admin_token") as refused:
            await off_the_loop(providers_at, ControlPlane(plane.url, token), frozenset())
        assert "planted" not in str(refused.value)


async def test_who_is_not_there_is_named() -> None:
    with pytest.raises(NoAnswer, match=r"http://127.0.0.1:9: .*127.0.0.1"):
        await off_the_loop(providers_at, ControlPlane("http://127.0.0.1:9"), frozenset())


@pytest.mark.parametrize(
    "status, told", [(200, "expected the control plane"), (500, "with 500: b'")]
)
async def test_another_server_is_found_out(status: int, told: str) -> None:
    async with upstream(whole(status, b"<html>hello</html>")) as server:
        with pytest.raises(NoAnswer, match=told):
            await off_the_loop(providers_at, ControlPlane(server.base_url), frozenset())
