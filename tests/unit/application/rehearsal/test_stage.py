from dataclasses import replace

import pytest
from tests.support.rehearsals import provider, route_to

from turnout.application.rehearsal.agenda import VirtualClock
from turnout.application.rehearsal.policies import AS_CONFIGURED, BARE, Policies
from turnout.application.rehearsal.stage import Stage
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId, ProviderId
from turnout.infrastructure.system.dice import SeededDice

NORTH = ProviderId("north")
MODEL = DeploymentId("north/model")


def staged(policies: Policies) -> Stage:
    settings = replace(
        provider("north").settings,
        circuit=CircuitLimits(strikes_to_open=2),
        concurrency=ConcurrencyRules(most=7),
    )
    providers = {NORTH: Provider(NORTH, settings)}
    return Stage.prepared(
        route_to(["north"]), providers, policies, {}, VirtualClock(), SeededDice("1")
    )


@pytest.mark.parametrize(("policies", "openings"), [(AS_CONFIGURED, 1), (BARE, 0)])
def test_circuits_are_those_of_the_settings_unless_left_out(
    policies: Policies, openings: int
) -> None:
    stage = staged(policies)
    record = stage.steering.health.of(MODEL)
    for _ in range(3):
        record.failed(ProviderFailure(FailureKind.OVERLOADED, "busy"), 1.0, 0.1)
    stage.steering.health.note(record)
    stage.take_events()
    assert stage.tally.deployments[MODEL].circuit_openings == openings


@pytest.mark.parametrize(("policies", "most"), [(AS_CONFIGURED, 7), (BARE, None)])
def test_so_are_the_limits_of_concurrency(policies: Policies, most: int | None) -> None:
    assert staged(policies).steering.traffic.gate(NORTH).limit.most == most


def test_attempts_have_the_limits_that_the_relay_gives_them() -> None:
    assert staged(AS_CONFIGURED).limits[MODEL].first_token_seconds == 10.0
