"""Makes small rehearsals: providers by name, each a tier unless said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from tests.support.catalog import plain_settings
from turnout.application.rehearsal.conduct import Conduct, Spell
from turnout.application.rehearsal.demand import Demand
from turnout.application.rehearsal.rehearse import Rehearsal
from turnout.application.rehearsal.spread import Spread
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.route import Route, bind
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.shared.ids import ChainId, ProviderId
from turnout.infrastructure.system.dice import SeededDice

Conducted = tuple[Conduct, tuple[Spell, ...]]
PRICE = Price(Decimal(1), Decimal(2))
STEADY = Conduct(first_token_seconds=Spread(0.5, 0.5), tokens_per_second=Spread(10.0, 10.0))
"""Half a second to the first token, and a tenth for each that follows."""
EVEN = Demand(
    requests=1_000,
    seconds=1_000.0,
    curve=(1.0,),
    prompt_tokens=Spread(100.0, 100.0),
    answer_tokens=Spread(10.0, 10.0),
    stream_share=0.5,
)


def provider(name: str) -> Provider:
    """A provider of one model, `model`, with a price."""
    settings = plain_settings(ProviderId(name), "model")
    deployments = tuple(replace(each, price=PRICE) for each in settings.deployments)
    return Provider(ProviderId(name), replace(settings, deployments=deployments))


def route_to(*tiers: Sequence[str], strategy: Strategy = Strategy.WEIGHTED) -> Route:
    """A route along tiers of providers' names."""
    rules = ChainRules(
        tuple(tuple(Target.parse(name) for name in tier) for tier in tiers), strategy
    )
    names = {name for tier in tiers for name in tier}
    providers = {ProviderId(name): provider(name) for name in names}
    return bind(FallbackChain.define(ChainId("tried"), rules), providers, {})


def rehearsal(
    conducts: Mapping[str, Conduct | Conducted], *tiers: Sequence[str], seed: int = 0
) -> Rehearsal:
    """A rehearsal of providers that behave so."""
    return Rehearsal(
        route_to(*(tiers or [[name] for name in conducts])),
        {ProviderId(name): provider(name) for name in conducts},
        {
            name: (each, ()) if isinstance(each, Conduct) else each
            for name, each in conducts.items()
        },
        lambda purpose: SeededDice(f"{seed} {purpose}"),
    )
