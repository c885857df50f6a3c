"""From checked settings to what the application declares: providers and chains of the domain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

from turnout.application.commands.apply_configuration import DeclaredConfiguration
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.provider import BEYOND, Provider, ProviderSettings
from turnout.domain.catalog.timeouts import ModelTimeouts, Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import (
    DEADLINE_SECONDS,
    MAX_ATTEMPTS,
    ChainRules,
    FallbackChain,
    Target,
    Tier,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.config.credentials import references_of
from turnout.infrastructure.config.faults import Fault
from turnout.infrastructure.config.known_models import (
    known_capabilities,
    known_window_and_price,
)
from turnout.infrastructure.config.rules import hedge_of, rules_of, stickiness_of
from turnout.infrastructure.config.schema import (
    ChainEntry,
    Model,
    ModelPrice,
    ProviderEntry,
    Settings,
    TimeoutLimits,
)
from turnout.infrastructure.config.tree import Node, Path, describe, dotted, nearest

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class KnownVendor:
    """What a vendor's name implies. An empty `base_url` must be given by the operator."""

    name: str
    protocol: WireProtocol
    base_url: str
    key_variable: str | None


@dataclass(slots=True)
class Declaring:
    """Gathers declarations and faults from one file's settings."""

    settings: Settings
    tree: Node
    vendors: Mapping[str, KnownVendor]
    today: date
    faults: list[Fault]

    def declared(self) -> DeclaredConfiguration:
        """Return everything that could be declared; what could not is in `faults`."""
        providers: dict[ProviderId, ProviderSettings] = {}
        for name, entry in self.settings.ai_providers.items():
            settings = self._provider(ProviderId(name), entry)
            if settings is not None:
                providers[ProviderId(name)] = settings
        chains: dict[ChainId, ChainRules] = {}
        for name, chain in self.settings.fallback_chains.items():
            rules = self._chain(ChainId(name), chain)
            if rules is not None:
                chains[ChainId(name)] = rules
        cache = self.settings.cache
        if cache.store == "shared" and self.settings.shared_state.url is None:
            self._fault(("shared_state", "url"), "a server, since cache.store is shared", "")
        if cache.single_flight_shared and cache.store != "shared":
            self._fault(("cache", "store"), "shared, since cache.single_flight_shared is true", "")
        return DeclaredConfiguration(providers=providers, chains=chains)

    def _provider(self, id: ProviderId, entry: ProviderEntry) -> ProviderSettings | None:
        path: Path = ("ai_providers", id)
        vendor = self._vendor(id, entry, path)
        protocol = entry.protocol or (vendor.protocol if vendor else None)
        base_url = entry.base_url or (vendor.base_url if vendor else "")
        if protocol is None:
            return None
        if not base_url:
            self._fault((*path, "base_url"), "the server's address", "")
            return None
        return self._tried(
            path,
            lambda: (
                Provider.register(
                    id, self._provider_settings(id, entry, vendor, protocol, base_url.rstrip("/"))
                ).settings
            ),
        )

    def _provider_settings(
        self,
        id: ProviderId,
        entry: ProviderEntry,
        vendor: KnownVendor | None,
        protocol: WireProtocol,
        base_url: str,
    ) -> ProviderSettings:
        credentials, usual = self._credentials(id, entry, vendor), self.settings.upstream
        return ProviderSettings(
            vendor=vendor.name if vendor else "",
            protocol=protocol,
            base_url=base_url,
            credential=credentials[0] if credentials else None,
            enabled=entry.enabled,
            weight=entry.weight,
            priority=entry.priority,
            headers=entry.headers,
            options=entry.options,
            timeouts=self._timeouts(entry.timeouts),
            deployments=self._deployments(id, entry, protocol, ("ai_providers", id)),
            further_credentials=credentials[1:],
            circuit=rules_of(CircuitLimits, entry.circuit, usual.circuit),
            probe=rules_of(ProbeRules, entry.probe, usual.probe),
            concurrency=rules_of(ConcurrencyRules, entry.concurrency, usual.concurrency),
            connecting=Connecting(**entry.tls.model_dump()),
        )

    def _vendor(self, id: str, entry: ProviderEntry, path: Path) -> KnownVendor | None:
        name = entry.vendor or id
        vendor = self.vendors.get(name)
        if vendor is not None and (entry.vendor or entry.protocol in (None, vendor.protocol)):
            return vendor
        if entry.vendor is not None or entry.protocol is None:
            near = get_close_matches(name, self.vendors, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "or give protocol and base_url"
            expected = f"a known vendor ({', '.join(sorted(self.vendors))})"
            self._fault((*path, "vendor") if entry.vendor else path, expected, hint, repr(name))
        return None

    def _credentials(
        self, id: str, entry: ProviderEntry, vendor: KnownVendor | None
    ) -> tuple[str, ...]:
        path: Path = ("ai_providers", id, "api_keys")
        if entry.api_key is not None and entry.api_keys:
            self._fault(path, "one of them", "api_keys alone will do", "api_keys beside api_key")
        for place, key in enumerate(entry.api_keys):
            if key in entry.api_keys[:place]:
                earlier = f"the key of api_keys[{entry.api_keys.index(key)}] again"
                self._fault((*path, place), "one key for each account", "", earlier)
        implied = (f"${{{vendor.key_variable}}}",) if vendor and vendor.key_variable else ()
        return references_of(id, entry) or implied

    def _timeouts(self, limits: TimeoutLimits) -> Timeouts:
        usual = self.settings.upstream.timeouts
        given = {
            field.name: value
            for field in fields(Timeouts)
            for value in [getattr(limits, field.name) or getattr(usual, field.name)]
            if value is not None
        }
        return Timeouts(**given)

    def _deployments(
        self, id: ProviderId, entry: ProviderEntry, protocol: WireProtocol, path: Path
    ) -> tuple[Deployment, ...]:
        vendor = entry.vendor or id
        return tuple(
            self._deployment(id, model, vendor, protocol, (*path, "models", place))
            for place, model in enumerate(entry.models)
        )

    def _deployment(
        self, id: ProviderId, model: Model, vendor: str, protocol: WireProtocol, path: Path
    ) -> Deployment:
        upstream = model.upstream or model.name
        window, price = known_window_and_price(vendor, upstream, self.today)
        known = known_capabilities(upstream) - BEYOND.get(protocol, frozenset())
        return Deployment(
            provider=id,
            model=model.name,
            upstream=upstream,
            capabilities=self._capabilities(known, model.capabilities, path),
            aliases=tuple(model.aliases),
            context_window=model.context_window or window,
            max_output_tokens=model.max_output_tokens,
            price=_price(model.price) or price,
            timeouts=ModelTimeouts(**model.timeouts.model_dump()),
        )

    def _capabilities(
        self, known: frozenset[Capability], words: list[str], path: Path
    ) -> frozenset[Capability]:
        offered = set(known)
        for place, word in enumerate(words):
            try:
                capability = Capability(word.removeprefix("-"))
            except ValueError:
                near = get_close_matches(word.removeprefix("-"), [str(c) for c in Capability], n=1)
                hint = f"did you mean {near[0]!r}?" if near else ""
                where: Path = (*path, "capabilities", place)
                self._fault(where, f"one of {', '.join(Capability)}, or -NAME", hint, repr(word))
                continue
            (offered.discard if word.startswith("-") else offered.add)(capability)
        return frozenset(offered)

    def _chain(self, id: ChainId, entry: ChainEntry) -> ChainRules | None:
        path: Path = ("fallback_chains", id)
        tiers = tuple(
            tuple(Target.parse(each.target, weight=each.weight) for each in tier)
            for tier in entry.tiers
        )
        short = isinstance(nearest(self.tree, path).value, list)
        for place, tier in enumerate(tiers):
            for target in tier:
                self._check_target(target, (*path, place) if short else (*path, "tiers", place))
        return self._tried(path, lambda: FallbackChain.define(id, _rules(entry, tiers)).rules)

    def _check_target(self, target: Target, path: Path) -> None:
        providers = self.settings.ai_providers
        entry = providers.get(target.provider)
        if entry is None:
            near = get_close_matches(target.provider, providers, n=1)
            hint = f"did you mean {near[0]!r}?" if near else ""
            expected = f"a provider of ai_providers ({', '.join(providers) or 'there is none'})"
            self._fault(path, expected, hint, repr(str(target)))
            return
        names = [name for model in entry.models for name in (model.name, *model.aliases)]
        if target.model is not None and target.model not in names:
            near = get_close_matches(target.model, names, n=1)
            hint = f"did you mean '{target.provider}/{near[0]}'?" if near else ""
            expected = f"a model of {target.provider} ({', '.join(names)})"
            self._fault(path, expected, hint, repr(str(target)))

    def _tried(self, path: Path, make: Callable[[], Made]) -> Made | None:
        try:
            return make()
        except DomainError as error:
            self._fault(path, "", error.code, error.message)
            return None

    def _fault(self, path: Path, expected: str, hint: str, found: str | None = None) -> None:
        node = nearest(self.tree, path)
        found = describe(node) if found is None else found
        self.faults.append(Fault(node.origin, dotted(path), found, expected, hint))


def _rules(entry: ChainEntry, tiers: tuple[Tier, ...]) -> ChainRules:
    return ChainRules(
        tiers=tiers,
        strategy=entry.strategy,
        deadline_seconds=entry.deadline_seconds or DEADLINE_SECONDS,
        max_attempts=entry.max_attempts or MAX_ATTEMPTS,
        on=None if entry.on is None else frozenset(entry.on),
        rescue=entry.rescue,
        cache=None if entry.cache is None else CacheRules(**entry.cache.model_dump()),
        sticky=stickiness_of(entry.sticky),
        hedge=hedge_of(entry.hedge),
    )


def _price(price: ModelPrice | None) -> Price | None:
    if price is None:
        return None
    return Price(price.input, price.output, price.cached_input, price.cache_write)
