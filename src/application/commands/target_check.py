"""Whether a chain's targets lead anywhere: a question about two aggregates, so asked here."""

from collections.abc import Mapping

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import ChainRules, Target
from turnout.domain.shared.errors import DomainError, alike
from turnout.domain.shared.ids import ChainId, ProviderId


def check_targets(
    chain: ChainId, rules: ChainRules, providers: Mapping[ProviderId, Provider]
) -> None:
    """Raise DomainError `chain.unknown_target` or `chain.unknown_model` if one does not.

    Only for what is written now: routing copes with a provider that has gone since.
    """
    for target in (target for tier in rules.tiers for target in tier):
        _check(chain, target, providers)


def _check(chain: ChainId, target: Target, providers: Mapping[ProviderId, Provider]) -> None:
    provider = providers.get(target.provider)
    if provider is None:
        raise DomainError(
            "chain.unknown_target",
            f"{chain}: target {str(target)!r}: no provider {target.provider!r}"
            f"{alike(target.provider, providers)}",
        )
    if target.model is not None and provider.deployment(target.model) is None:
        models = [name for d in provider.settings.deployments for name in d.names]
        raise DomainError(
            "chain.unknown_model",
            f"{chain}: target {str(target)!r}: {target.provider} has no model {target.model!r}"
            f"{alike(target.model, models)}",
        )
