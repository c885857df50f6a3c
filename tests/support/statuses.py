"""How a gateway is, as the control plane would tell it."""

from datetime import UTC, datetime
from decimal import Decimal

from turnout.application.health.standing import CircuitState
from turnout.application.ports.usage_views import Span
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.usage import Figures, Named, Percentiles, Told
from turnout.interfaces.cli.status_actions import ConfigurationRow, GatewayStatus, PlaneRow

APPLIED = datetime(2026, 1, 1, tzinfo=UTC)
HEALTH = HealthRow("a/m", "a", CircuitState.CLOSED, True, False, None, None, None, 5, 0.0)
FIGURES = Figures(
    requests=1200,
    answered=1188,
    success_rate=0.99,
    attempts=1250,
    failed=25,
    attempt_success_rate=0.98,
    abandoned=0,
    hedged=0,
    saved=13,
    cached=2,
    shared=1,
    tokens={},
    cost=Decimal("1.5"),
    avoided_cost=Decimal(0),
    unpriced=0,
    failures={},
    latency=Percentiles(1188, 0.25, 0.5, 0.75, 1.0),
    first_token=Percentiles(0, None, None, None, None),
)


def told(name: str) -> Told:
    """Figures of one name in an hour."""
    return Told(Span(0, 3600, 60), [Named(name, None, FIGURES)])


def gateway_status() -> GatewayStatus:
    """A gateway that is well."""
    return GatewayStatus(
        configuration=ConfigurationRow(7, True, ["a.yaml"], APPLIED, None, []),
        data_plane=PlaneRow("http://127.0.0.1:8080", True),
        health=[HEALTH],
        alerts=[],
        traffic=told("a"),
        requests=told("main"),
    )
