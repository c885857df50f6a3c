"""Providers and chains to test with: plain ones, and ones that say all that can be said."""

from dataclasses import replace
from decimal import Decimal

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.catalog.timeouts import ModelTimeouts, Timeouts
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import ChainRules, Target
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.ids import ProviderId

OPENAI = ProviderId("openai")
GOOGLE = ProviderId("google")


def deployment(
    provider: ProviderId, model: str, *more: Capability, aliases: tuple[str, ...] = ()
) -> Deployment:
    """A model with the capabilities of an unknown one, and `more`."""
    return Deployment(provider, model, model, UNKNOWN_MODEL | set(more), aliases)


def plain_settings(provider: ProviderId, *models: str) -> ProviderSettings:
    """A provider of OpenAI's protocol on loopback."""
    return ProviderSettings(
        vendor="",
        protocol=WireProtocol.OPENAI_CHAT,
        base_url=f"http://127.0.0.1:1/{provider}",
        deployments=tuple(deployment(provider, model) for model in models),
    )


def full_settings(provider: ProviderId) -> ProviderSettings:
    """A provider that says all that can be said."""
    return ProviderSettings(
        vendor="azure_openai",
        protocol=WireProtocol.OPENAI_CHAT,
        base_url="https://example.invalid/openai",
        credential="${AZURE_KEY}",
        enabled=False,
        weight=7,
        priority=3,
        headers={"x-team": "search", "authorization": "Bearer ${OTHER_KEY}"},
        options={"api_version": "2024-10-21"},
        timeouts=Timeouts(1.5, 2.5, 3.5, 4.5),
        deployments=(
            replace(
                deployment(provider, "large", Capability.VISION, aliases=("big", "best")),
                upstream="vendor/large-2",
                context_window=128_000,
                max_output_tokens=4_096,
                price=Price(Decimal("2.50"), Decimal("10"), Decimal("1.25"), None),
                timeouts=ModelTimeouts(first_token_seconds=90.0),
            ),
            deployment(provider, "a-second-one"),
        ),
        further_credentials=("${AZURE_KEY_2}", "file:/run/secrets/azure"),
        circuit=CircuitLimits(strikes_to_open=3, slow_seconds=2.5),
        probe=ProbeRules(ProbeKind.OFF, 90.0),
        concurrency=ConcurrencyRules(adaptive=False, most=12, queue=0),
    )


def chain_of(*targets: str) -> ChainRules:
    """One target after the other."""
    return ChainRules(tuple((Target.parse(target),) for target in targets))


def full_rules() -> ChainRules:
    """A chain that says all that can be said."""
    return ChainRules(
        tiers=(
            (Target.parse("openai/large", weight=3), Target.parse("google")),
            (Target.parse("openai"),),
        ),
        strategy=Strategy.STICKY,
        deadline_seconds=12.5,
        max_attempts=2,
        on=frozenset({FailureKind.TIMEOUT, FailureKind.RATE_LIMITED}),
        cache=CacheRules(enabled=True, ttl_seconds=60.0),
        rescue=False,
        sticky=Stickiness(StickyBy.HEADER, "X-Session"),
        hedge=HedgeRules(1.5, 0.1),
    )
