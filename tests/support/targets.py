"""Planned targets without a catalog, for tests of what orders them."""

from dataclasses import replace
from decimal import Decimal

from tests.support.gateways import deployment
from turnout.domain.catalog.price import Price
from turnout.domain.routing.route_plan import PlannedTarget


def targets(*weights: float) -> list[PlannedTarget]:
    """Return targets of one tier, at the providers p0, p1, ... with these weights."""
    return [
        PlannedTarget(deployment(f"p{place}"), 0, f"p{place}", weight)
        for place, weight in enumerate(weights)
    ]


def priced(name: str, dollars: str, output_dollars: str | None = None) -> PlannedTarget:
    """Return a target whose tokens cost this much by the million."""
    price = Price(Decimal(dollars), Decimal(output_dollars or dollars))
    return PlannedTarget(replace(deployment(name), price=price), 0, name)
