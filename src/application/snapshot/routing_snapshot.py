"""RoutingSnapshot: every name that a caller may use, bound to deployments and clients."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from turnout.application.ports.provider_client import ProviderClients
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.route import Route
from turnout.domain.shared.ids import ChainId, ProviderId

DEFAULT_CHAIN = ChainId("default")
"""The chain that continues a request for a model when its providers fail."""


@dataclass(frozen=True, slots=True)
class RoutingSnapshot:
    """Immutable routing state as of one revision of the store.

    `routes` answers a request's `model` in one look-up: chains, then `provider/model`, then models
    and aliases. `clients` holds the usable providers only; `unusable` says why the others are not.
    """

    revision: int
    routes: Mapping[str, Route]
    chains: tuple[ChainId, ...]
    providers: Mapping[ProviderId, Provider]
    clients: Mapping[ProviderId, ProviderClients]
    unusable: Mapping[ProviderId, tuple[str, str]]

    def near(self, model: str) -> tuple[str, ...]:
        """Return up to three names that look like `model`."""
        return tuple(get_close_matches(model, self.routes, n=3, cutoff=0.6))


EMPTY = RoutingSnapshot(-1, {}, (), {}, {}, {})


class SnapshotHolder:
    """One reference, swapped whole. A request keeps the snapshot it began with."""

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current: RoutingSnapshot = EMPTY
