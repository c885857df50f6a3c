"""Turns aggregates into rows and back; nothing else knows both."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.catalog.timeouts import ModelTimeouts, Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.persistence.tables import (
    StoredChain,
    StoredDeployment,
    StoredProvider,
    StoredTarget,
)

Rules = TypeVar("Rules")

_PRICE_PARTS = ("input", "output", "cached_input", "cache_write")


def fill_provider(row: StoredProvider, settings: ProviderSettings) -> None:
    """Write `settings` into `row`, deployments included."""
    row.vendor = settings.vendor
    row.protocol = settings.protocol.value
    row.base_url = settings.base_url
    row.credential = settings.credential
    row.enabled = settings.enabled
    row.weight = settings.weight
    row.priority = settings.priority
    row.headers = dict(settings.headers)
    row.options = dict(settings.options)
    row.connect_seconds = settings.timeouts.connect_seconds
    row.first_token_seconds = settings.timeouts.first_token_seconds
    row.between_tokens_seconds = settings.timeouts.between_tokens_seconds
    row.total_seconds = settings.timeouts.total_seconds
    row.further_credentials = list(settings.further_credentials) or None
    row.circuit = _rules_to_row(settings.circuit, CircuitLimits())
    row.probe = _rules_to_row(settings.probe, ProbeRules())
    row.concurrency = _rules_to_row(settings.concurrency, ConcurrencyRules())
    row.connecting = _rules_to_row(settings.connecting, Connecting())
    row.deployments = [
        _deployment_to_row(deployment, position)
        for position, deployment in enumerate(settings.deployments)
    ]


def provider_from(row: StoredProvider) -> Provider:
    """Return the aggregate that `row` holds."""
    id = ProviderId(row.id)
    settings = ProviderSettings(
        vendor=row.vendor,
        protocol=WireProtocol(row.protocol),
        base_url=row.base_url,
        credential=row.credential,
        enabled=row.enabled,
        weight=row.weight,
        priority=row.priority,
        headers=row.headers,
        options=row.options,
        timeouts=Timeouts(
            row.connect_seconds,
            row.first_token_seconds,
            row.between_tokens_seconds,
            row.total_seconds,
        ),
        deployments=tuple(_deployment_from(id, deployment) for deployment in row.deployments),
        further_credentials=tuple(row.further_credentials or ()),
        circuit=rules_from(row.circuit or {}, CircuitLimits),
        probe=rules_from(row.probe or {}, ProbeRules),
        concurrency=rules_from(row.concurrency or {}, ConcurrencyRules),
        connecting=rules_from(row.connecting or {}, Connecting),
    )
    return Provider(id, settings)


def fill_chain(row: StoredChain, rules: ChainRules) -> None:
    """Write `rules` into `row`, targets included."""
    row.strategy = rules.strategy.value
    row.deadline_seconds = rules.deadline_seconds
    row.max_attempts = rules.max_attempts
    row.on_failures = None if rules.on is None else sorted(kind.value for kind in rules.on)
    row.rescue = rules.rescue
    row.cache = None if rules.cache is None else rules.cache.given()
    row.sticky = _rules_to_row(rules.sticky, None)
    row.hedge = _rules_to_row(rules.hedge, None)
    row.targets = [
        StoredTarget(
            tier=number,
            position=position,
            provider=target.provider,
            model=target.model,
            weight=target.weight,
        )
        for number, tier in enumerate(rules.tiers)
        for position, target in enumerate(tier)
    ]


def chain_from(row: StoredChain) -> FallbackChain:
    """Return the aggregate that `row` holds."""
    on = None if row.on_failures is None else frozenset(map(FailureKind, row.on_failures))
    tiers = tuple(
        tuple(Target(ProviderId(step.provider), step.model, step.weight) for step in tier)
        for _, tier in groupby(row.targets, key=lambda step: step.tier)
    )
    rules = ChainRules(
        tiers,
        Strategy(row.strategy),
        row.deadline_seconds,
        row.max_attempts,
        on,
        cache=None if row.cache is None else CacheRules.of(row.cache),
        rescue=row.rescue,
        sticky=None if row.sticky is None else rules_from(row.sticky, Stickiness),
        hedge=None if row.hedge is None else rules_from(row.hedge, HedgeRules),
    )
    return FallbackChain(ChainId(row.id), rules)


def rules_from(row: Mapping[str, Any], rules: type[Rules]) -> Rules:
    """Return the rules that `row` holds; those that it does not have are the defaults."""
    return msgspec.convert(row, rules)


def _rules_to_row(rules: object, usual: object) -> dict[str, Any] | None:
    row: dict[str, Any] = msgspec.to_builtins(rules)
    return None if rules == usual else row


def _deployment_to_row(deployment: Deployment, position: int) -> StoredDeployment:
    return StoredDeployment(
        position=position,
        model=deployment.model,
        upstream=deployment.upstream,
        aliases=list(deployment.aliases),
        capabilities=sorted(capability.value for capability in deployment.capabilities),
        context_window=deployment.context_window,
        max_output_tokens=deployment.max_output_tokens,
        price=None if deployment.price is None else _price_to_row(deployment.price),
        timeouts=_given(deployment.timeouts),
    )


def _deployment_from(provider: ProviderId, row: StoredDeployment) -> Deployment:
    return Deployment(
        provider=provider,
        model=row.model,
        upstream=row.upstream,
        capabilities=frozenset(map(Capability, row.capabilities)),
        aliases=tuple(row.aliases),
        context_window=row.context_window,
        max_output_tokens=row.max_output_tokens,
        price=None if row.price is None else _price_from(row.price),
        timeouts=ModelTimeouts(**(row.timeouts or {})),
    )


def _given(timeouts: ModelTimeouts) -> dict[str, float] | None:
    values = asdict(timeouts)
    return {name: value for name, value in values.items() if value is not None} or None


def _price_to_row(price: Price) -> dict[str, str]:
    parts = ((part, getattr(price, part)) for part in _PRICE_PARTS)
    return {part: str(dollars) for part, dollars in parts if dollars is not None}


def _price_from(row: dict[str, str]) -> Price:
    return Price(**{part: Decimal(dollars) for part, dollars in row.items()})
