"""Compiles what is stored into a snapshot. Nothing here waits for the network."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.provider_client import ClientFactory, ProviderClients
from turnout.application.ports.secret_store import SecretMissing, SecretStore
from turnout.application.snapshot.routing_snapshot import DEFAULT_CHAIN, RoutingSnapshot
from turnout.domain.catalog.credential import ELSEWHERE
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.route import (
    AccountsOut,
    Reason,
    Route,
    Tiers,
    bind,
    by_priority,
    candidate,
    offers_of,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId


@dataclass(frozen=True, slots=True)
class _Usable:
    """Clients of the accounts that can be used, and why others cannot: all of a provider's, or
    some."""

    clients: dict[ProviderId, dict[int, ProviderClients]] = field(default_factory=dict)
    unusable: dict[ProviderId, Reason] = field(default_factory=dict)
    accounts_out: dict[ProviderId, dict[int, Reason]] = field(default_factory=dict)


def compile_snapshot(
    stored: StoredCatalog, factory: ClientFactory, secrets: SecretStore
) -> RoutingSnapshot:
    """Bind every name to deployments and clients.

    A provider that is disabled, whose credentials are missing or whose settings its vendor refuses
    is left out with a reason, and so is a single account without its credential; the rest goes on.
    """
    providers = {provider.id: provider for provider in stored.providers}
    found = _usable(stored.providers, factory, secrets)
    unusable, accounts_out = found.unusable, found.accounts_out
    usable = [providers[id] for id in found.clients]
    chains = {c.id: bind(c, providers, unusable, accounts_out) for c in stored.chains}
    default = chains.get(DEFAULT_CHAIN) or _default_route(usable, accounts_out)
    routes = _model_routes(usable, default, accounts_out)
    routes.update(_addresses(stored.providers, found))
    routes.update({str(id): route for id, route in chains.items()})
    routes.setdefault(DEFAULT_CHAIN, default)
    return RoutingSnapshot(
        stored.revision, routes, tuple(chains), providers, found.clients, unusable
    )


def _usable(providers: Sequence[Provider], factory: ClientFactory, secrets: SecretStore) -> _Usable:
    usable = _Usable()
    for provider in providers:
        if not provider.settings.enabled:
            usable.unusable[provider.id] = ("provider_disabled", f"{provider.id} is disabled")
            continue
        try:
            own, out = _accounts(provider, factory, secrets)
        except SecretMissing as missing:
            usable.unusable[provider.id] = _missing(provider, missing)
        except DomainError as error:
            usable.unusable[provider.id] = (error.code, error.message)
        else:
            if own:
                usable.clients[provider.id] = own
                usable.accounts_out[provider.id] = out
            else:
                usable.unusable[provider.id] = next(iter(out.values()))
    return usable


def _accounts(
    provider: Provider, factory: ClientFactory, secrets: SecretStore
) -> tuple[dict[int, ProviderClients], dict[int, Reason]]:
    """Return the clients of each account, and why some have none.

    Raises what keeps them all from having any.
    """
    revealed = _revealed(provider, secrets)
    clients: dict[int, ProviderClients] = {}
    out: dict[int, Reason] = {}
    references = provider.settings.credentials or (None,)
    for number, reference in zip(provider.accounts, references, strict=True):
        try:
            secret = None if reference is None else secrets.reveal(reference)
        except SecretMissing as missing:
            out[number] = _missing(provider, missing)
        else:
            clients[number] = factory.clients_for(revealed, secret)
    return clients, out


def _missing(provider: Provider, missing: SecretMissing) -> Reason:
    return "credential_missing", f"{provider.id}: {missing.message}"


def _revealed(provider: Provider, secrets: SecretStore) -> Provider:
    """Return a copy whose headers hold what their references stand for; it is never stored."""
    headers = provider.settings.headers
    if not any("${" in value or value.startswith(ELSEWHERE) for value in headers.values()):
        return provider
    plain = {name: secrets.reveal(value) for name, value in headers.items()}
    return Provider(provider.id, replace(provider.settings, headers=plain))


def _default_route(usable: Sequence[Provider], accounts_out: AccountsOut) -> Route:
    """Stand in for a chain `default` that nobody defined: every provider, by priority."""
    tiers = by_priority((p, Target(p.id, None, p.settings.weight)) for p in usable)
    if not tiers:
        return Route(DEFAULT_CHAIN, ())
    by_id = {provider.id: provider for provider in usable}
    return bind(FallbackChain(DEFAULT_CHAIN, ChainRules(tiers)), by_id, {}, accounts_out)


def _model_routes(
    usable: Sequence[Provider], default: Route, accounts_out: AccountsOut
) -> dict[str, Route]:
    """A model leads to every provider that offers it, and then to the default chain."""
    by_id = {provider.id: provider for provider in usable}
    names = dict.fromkeys(
        name for p in usable for deployment in p.settings.deployments for name in deployment.names
    )
    routes: dict[str, Route] = {}
    for name in names:
        tiers: Tiers = tuple(
            tuple(candidate(each, by_id[each.provider], {}, accounts_out) for each in tier)
            for tier in by_priority(offers_of(name, usable))
        )
        routes[name] = replace(default, name=name, tiers=tiers + default.tiers)
    return routes


def _addresses(providers: Sequence[Provider], found: _Usable) -> dict[str, Route]:
    """`provider/model` leads there and nowhere else."""
    routes: dict[str, Route] = {}
    for provider in providers:
        for deployment in provider.settings.deployments:
            for name in deployment.names:
                target = Target(provider.id, name)
                there = candidate(target, provider, found.unusable, found.accounts_out)
                routes[str(target)] = Route(str(target), ((there,),))
    return routes
