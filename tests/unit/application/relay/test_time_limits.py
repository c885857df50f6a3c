import asyncio
from dataclasses import replace

import pytest
from tests.fakes.clients import FakeChatClient
from tests.support.gateways import FakeGateway, provider

from turnout.application.relay.attempt import Attempt
from turnout.application.relay.course import Course
from turnout.application.relay.settlement import RequestTag
from turnout.application.relay.time_limits import patience, within_limits
from turnout.application.relay.walk import Journey
from turnout.domain.catalog.timeouts import ModelTimeouts, Timeouts
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.shared.ids import RequestId


def under_way(
    *capabilities: Capability,
    timeouts: Timeouts = Timeouts(),  # frozen
    own: ModelTimeouts = ModelTimeouts(),  # frozen
    left_seconds: float = 600.0,
) -> tuple[Journey, Attempt]:
    made = provider("a", timeouts=timeouts)
    (plain,) = made.settings.deployments
    offered = plain.capabilities | set(capabilities)
    deployment = replace(plain, capabilities=offered, timeouts=own)
    gateway = FakeGateway({"a": FakeChatClient()}, providers=[made])
    snapshot = gateway.holder.current
    tag = RequestTag(RequestId("req_1"), "default", ANONYMOUS)
    target = PlannedTarget(deployment, 0, "a")
    plan = RoutePlan("default", (target,), ())
    deadline = 1000.0 + left_seconds
    asked = Asked(Requirement(frozenset()), streamed=False, tenant="tests")
    course = Course(snapshot.routes["default"], plan, gateway.walk.steering, deadline, asked)
    return Journey(tag, snapshot, course), Attempt(target, 1, 1000.0)


@pytest.mark.parametrize(
    ("capabilities", "own", "seconds"),
    [
        ((), ModelTimeouts(), (10.0, 30.0, 300.0)),
        ((Capability.REASONING,), ModelTimeouts(), (120.0, 120.0, 300.0)),
        ((Capability.REASONING,), ModelTimeouts(5.0, 6.0, 7.0), (5.0, 6.0, 7.0)),
    ],
)
async def test_a_streams_limits_are_those_of_its_model(
    capabilities: tuple[Capability, ...], own: ModelTimeouts, seconds: tuple[float, float, float]
) -> None:
    now = asyncio.get_running_loop().time()
    limits = patience(*under_way(*capabilities, own=own))
    found = (limits.first_at - now, limits.between_seconds, limits.total_at - now)
    assert found == pytest.approx(seconds, abs=1.0)


async def test_nothing_outlasts_the_deadline() -> None:
    now = asyncio.get_running_loop().time()
    limits = patience(*under_way(left_seconds=40.0))
    assert limits.total_at - now == pytest.approx(40.0, abs=1.0)


async def test_a_whole_answer_that_takes_too_long_is_a_time_out() -> None:
    journey, attempt = under_way(own=ModelTimeouts(total_seconds=0.01))
    with pytest.raises(ProviderFailure, match=r"no answer within 0\.01 s") as late:
        await within_limits(journey, attempt, asyncio.Event().wait())
    assert late.value.kind is FailureKind.TIMEOUT


async def test_who_is_cancelled_from_elsewhere_is_not_late() -> None:
    journey, attempt = under_way(own=ModelTimeouts(total_seconds=0.01))
    both = asyncio.get_running_loop().create_future()

    async def answer() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            waiting.cancel()  # in the same breath as the alarm
            both.set_result(None)

    waiting = asyncio.create_task(within_limits(journey, attempt, answer()))
    await both
    await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_a_time_out_that_is_told_otherwise_leaves_no_trace() -> None:
    async def broken() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ProviderFailure(FailureKind.TRANSPORT, "the connection broke") from None

    task = asyncio.current_task()
    assert task is not None
    with pytest.raises(ProviderFailure, match="the connection broke"):
        await within_limits(*under_way(own=ModelTimeouts(total_seconds=0.01)), broken())
    assert task.cancelling() == 0
