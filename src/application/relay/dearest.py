"""What a request may cost at most, wherever its route leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from turnout.application.snapshot.routing_snapshot import RoutingSnapshot
from turnout.domain.catalog.price import Price
from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.route import Route


@dataclass(frozen=True, slots=True)
class Dearest:
    """The dearest prices of a route, and of each of its providers, in billionths of a dollar per
    token of the prompt and of the answer. `is_known` tells whether every price is."""

    input: float
    output: float
    is_known: bool
    providers: Mapping[str, tuple[float, float]]

    def amount(self, needs: Requirement) -> int:
        """Return what the request costs at most, in billionths of a dollar."""
        return _amount(self.input, self.output, needs)

    def amount_at(self, provider: str, needs: Requirement) -> int:
        """Return what it costs at most at `provider`."""
        return _amount(*self.providers[provider], needs)


class PriceBook:
    """Finds the dearest prices of routes, once for each snapshot."""

    __slots__ = ("_found", "_snapshot")

    def __init__(self) -> None:
        self._snapshot: RoutingSnapshot | None = None
        self._found: dict[int, tuple[Route, Dearest]] = {}

    def of(self, snapshot: RoutingSnapshot, route: Route) -> Dearest:
        """Return the dearest prices of `route`."""
        if snapshot is not self._snapshot:
            self._snapshot, self._found = snapshot, {}
        found = self._found.get(id(route))
        if found is None:
            found = self._found[id(route)] = (route, _dearest(route))
        return found[1]


def _dearest(route: Route) -> Dearest:
    offered = [d for tier in route.tiers for each in tier for d in each.deployments]
    providers: dict[str, tuple[float, float]] = {}
    for deployment in offered:
        before = providers.get(deployment.provider, (0.0, 0.0))
        now = (0.0, 0.0) if deployment.price is None else _per_token(deployment.price)
        providers[deployment.provider] = (max(before[0], now[0]), max(before[1], now[1]))
    return Dearest(
        max((each[0] for each in providers.values()), default=0.0),
        max((each[1] for each in providers.values()), default=0.0),
        all(deployment.price is not None for deployment in offered),
        providers,
    )


def _per_token(price: Price) -> tuple[float, float]:
    return float(price.dearest_input) * 1000.0, float(price.dearest_output) * 1000.0


def _amount(input_price: float, output_price: float, needs: Requirement) -> int:
    return ceil(input_price * needs.likely_input_tokens + output_price * needs.likely_output_tokens)
