from dataclasses import replace

import pytest
from tests.support.gateways import deployment, provider

from turnout.application.relay.attempt import Attempt
from turnout.application.relay.traffic import MOST_DEPLOYMENTS, Traffic
from turnout.application.snapshot.routing_snapshot import EMPTY, RoutingSnapshot
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.health.first_tokens import FEWEST
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.route_plan import PlannedTarget
from turnout.domain.shared.ids import DeploymentId, ProviderId

A, B = ProviderId("a"), ProviderId("b")
TARGET = PlannedTarget(deployment("a"), 0, "a")
ID = TARGET.id


def under_way(traffic: Traffic, count: int, *, streamed: bool = False) -> list[Attempt]:
    attempts = [Attempt(TARGET, 1, 100.0, streamed) for _ in range(count)]
    assert all(traffic.gate(A).enter() for _ in attempts)
    return attempts


def snapshot(**most: int) -> RoutingSnapshot:
    """Providers by name, each with room for so many."""
    providers = {
        ProviderId(name): provider(name, concurrency=ConcurrencyRules(most=number))
        for name, number in most.items()
    }
    return replace(EMPTY, providers=providers)


def test_a_provider_has_one_gate_with_its_rules() -> None:
    traffic = Traffic()
    assert traffic.gate(A) is traffic.gate(A)
    assert traffic.gate(A).limit.most is None
    traffic.heed(snapshot(a=3, b=4))
    assert (traffic.gate(A).limit.most, traffic.gate(B).limit.most) == (3, 4)


def test_what_is_no_longer_there_is_forgotten_once_it_is_idle() -> None:
    traffic = Traffic()
    (attempt,) = under_way(traffic, 1)
    gate = traffic.gate(A)
    traffic.heed(snapshot())
    assert traffic.gate(A) is gate
    traffic.ended(attempt, 101.0)
    traffic.heed(snapshot())
    assert traffic.gate(A) is not gate


def test_deployments_beyond_number_are_forgotten() -> None:
    traffic = Traffic()
    for number in range(MOST_DEPLOYMENTS + 1):
        traffic.first_tokens(DeploymentId(f"a/{number}"), streamed=True).saw(1.0)
    assert traffic.first_tokens(DeploymentId("a/0"), streamed=True).count == 0


def test_the_waits_of_streams_and_of_whole_answers_are_kept_apart() -> None:
    traffic = Traffic()
    stream, whole = under_way(traffic, 2)
    traffic.begun(stream, 100.5)
    stream.first_token_seconds = 100.5
    traffic.completed(stream, 109.0)
    traffic.completed(whole, 103.0)
    assert traffic.first_tokens(ID, streamed=True).usual_seconds == 0.5
    assert traffic.first_tokens(ID, streamed=False).usual_seconds == 3.0


def test_an_attempt_that_was_outrun_counts_as_long_as_it_lasted() -> None:
    traffic = Traffic()
    (attempt,) = under_way(traffic, 1, streamed=True)
    traffic.outrun(attempt, 102.0)
    assert traffic.first_tokens(ID, streamed=True).usual_seconds == 2.0


@pytest.mark.parametrize(
    ("kind", "limited"),
    [
        (FailureKind.RATE_LIMITED, True),
        (FailureKind.OVERLOADED, True),
        (FailureKind.TIMEOUT, True),
        (FailureKind.BAD_REQUEST, False),
        (FailureKind.TRANSPORT, False),
    ],
)
def test_only_who_is_too_busy_is_limited(kind: FailureKind, limited: bool) -> None:
    traffic = Traffic()
    for attempt in under_way(traffic, 20)[:5]:
        traffic.failed(attempt, kind, 101.0)
    limit = traffic.gate(A).limit
    assert (limit.most is not None) == limited
    assert limit.was_rate_limited == (kind is FailureKind.RATE_LIMITED)


def test_first_tokens_that_come_much_later_than_usual_limit_a_provider() -> None:
    traffic = Traffic()
    for attempt in under_way(traffic, FEWEST, streamed=True):
        traffic.begun(attempt, 100.1)
        traffic.ended(attempt, 100.2)
    assert traffic.gate(A).limit.in_flight == 0
    for attempt in under_way(traffic, 40, streamed=True):
        traffic.begun(attempt, 101.0)
    assert traffic.gate(A).limit.most == 28
