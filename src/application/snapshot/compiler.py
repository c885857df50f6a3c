"""Compiles what is stored into a snapshot. Nothing here waits for the network."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.provider_client import ClientFactory, ProviderClients
from turnout.application.ports.secret_store import SecretMissing, SecretStore
from turnout.application.snapshot.routing_snapshot import DEFAULT_CHAIN, RoutingSnapshot
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.route import Route, Tiers, bind, by_priority, candidate, offers_of
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId

Unusable = dict[ProviderId, tuple[str, str]]


def compile_snapshot(
    stored: StoredCatalog, factory: ClientFactory, secrets: SecretStore
) -> RoutingSnapshot:
    """Bind every name to deployments and clients.

    A provider that is disabled, whose credential is missing or whose settings its vendor refuses is
    left out with a reason; the rest goes on.
    """
    providers = {provider.id: provider for provider in stored.providers}
    clients, unusable = _clients(stored.providers, factory, secrets)
    usable = [providers[id] for id in clients]
    chains = {chain.id: bind(chain, providers, unusable) for chain in stored.chains}
    default = chains.get(DEFAULT_CHAIN) or _default_route(usable)
    routes = _model_routes(usable, default)
    routes.update(_addresses(stored.providers, unusable))
    routes.update({str(id): route for id, route in chains.items()})
    routes.setdefault(DEFAULT_CHAIN, default)
    return RoutingSnapshot(stored.revision, routes, tuple(chains), providers, clients, unusable)


def _clients(
    providers: Sequence[Provider], factory: ClientFactory, secrets: SecretStore
) -> tuple[Mapping[ProviderId, ProviderClients], Unusable]:
    clients: dict[ProviderId, ProviderClients] = {}
    unusable: Unusable = {}
    for provider in providers:
        reference = provider.settings.credential
        if not provider.settings.enabled:
            unusable[provider.id] = ("provider_disabled", f"{provider.id} is disabled")
            continue
        try:
            secret = None if reference is None else secrets.reveal(reference)
            clients[provider.id] = factory.clients_for(_revealed(provider, secrets), secret)
        except SecretMissing as missing:
            unusable[provider.id] = ("credential_missing", f"{provider.id}: {missing.message}")
        except DomainError as error:
            unusable[provider.id] = (error.code, error.message)
    return clients, unusable


def _revealed(provider: Provider, secrets: SecretStore) -> Provider:
    """Return a copy whose headers hold what their references stand for; it is never stored."""
    headers = provider.settings.headers
    if not any("${" in value for value in headers.values()):
        return provider
    plain = {name: secrets.reveal(value) for name, value in headers.items()}
    return Provider(provider.id, replace(provider.settings, headers=plain))


def _default_route(usable: Sequence[Provider]) -> Route:
    """Stand in for a chain `default` that nobody defined: every provider, by priority."""
    tiers = by_priority((p, Target(p.id, None, p.settings.weight)) for p in usable)
    if not tiers:
        return Route(DEFAULT_CHAIN, ())
    by_id = {provider.id: provider for provider in usable}
    return bind(FallbackChain(DEFAULT_CHAIN, ChainRules(tiers)), by_id, {})


def _model_routes(usable: Sequence[Provider], default: Route) -> dict[str, Route]:
    """A model leads to every provider that offers it, and then to the default chain."""
    by_id = {provider.id: provider for provider in usable}
    names = dict.fromkeys(
        name for p in usable for deployment in p.settings.deployments for name in deployment.names
    )
    routes: dict[str, Route] = {}
    for name in names:
        tiers: Tiers = tuple(
            tuple(candidate(target, by_id[target.provider], {}) for target in tier)
            for tier in by_priority(offers_of(name, usable))
        )
        routes[name] = replace(default, name=name, tiers=tiers + default.tiers)
    return routes


def _addresses(providers: Sequence[Provider], unusable: Unusable) -> dict[str, Route]:
    """`provider/model` leads there and nowhere else."""
    routes: dict[str, Route] = {}
    for provider in providers:
        for deployment in provider.settings.deployments:
            for name in deployment.names:
                target = Target(provider.id, name)
                tiers = ((candidate(target, provider, unusable),),)
                routes[str(target)] = Route(str(target), tiers)
    return routes
