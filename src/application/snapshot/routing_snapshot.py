"""RoutingSnapshot: every name that a caller may use, bound to deployments and clients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from turnout.application.ports.provider_client import ProviderClients
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider
from turnout.domain.governance.scope import ANYTHING, Scope
from turnout.domain.routing.narrowing import narrowed
from turnout.domain.routing.route import Route
from turnout.domain.shared.ids import ChainId, ProviderId

DEFAULT_CHAIN = ChainId("default")
"""The chain that continues a request for a model when its providers fail."""


@dataclass(frozen=True, slots=True)
class RoutingSnapshot:
    """Immutable routing state as of one revision of the store, but for a memo of narrowed routes.

    `routes` answers a request's `model` in one look-up: chains, then `provider/model`, then models
    and aliases. `clients` holds the usable providers only, and of each the accounts that can be
    used, by number from 1; `unusable` says why the other providers are not.
    """

    revision: int
    routes: Mapping[str, Route]
    chains: tuple[ChainId, ...]
    providers: Mapping[ProviderId, Provider]
    clients: Mapping[ProviderId, Mapping[int, ProviderClients]]
    unusable: Mapping[ProviderId, tuple[str, str]]
    _narrowed: dict[tuple[str, Scope], Route | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def route(self, model: str, scope: Scope = ANYTHING) -> Route | None:
        """Return what `model` leads to, as far as `scope` allows; None for nothing."""
        route = self.routes.get(model)
        if route is None or not scope.narrows:
            return route
        key = (model, scope)
        if key not in self._narrowed:
            is_chain = model in self.chains
            self._narrowed[key] = _within(scope, model, route, is_chain=is_chain)
        return self._narrowed[key]

    def near(self, model: str, scope: Scope = ANYTHING) -> tuple[str, ...]:
        """Return up to three names that look like `model` and that `scope` allows."""
        names = (name for name in self.routes if self.route(name, scope) is not None)
        return tuple(get_close_matches(model, names, n=3, cutoff=0.6))


def _within(scope: Scope, model: str, route: Route, *, is_chain: bool) -> Route | None:
    def allows(deployment: Deployment) -> bool:
        return scope.allows(deployment.provider, deployment.names)

    if not scope.allows_route(model):
        return None
    # Who asks for a model that it may not have is not to get another one, which continues it.
    asked_for = [
        deployment
        for tier in (() if is_chain else route.tiers)
        for candidate in tier
        for deployment in candidate.deployments
        if model in deployment.names
    ]
    if asked_for and not any(map(allows, asked_for)):
        return None
    return narrowed(route, allows)


EMPTY = RoutingSnapshot(-1, {}, (), {}, {}, {})


class SnapshotHolder:
    """One reference, swapped whole. A request keeps the snapshot it began with."""

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current: RoutingSnapshot = EMPTY
