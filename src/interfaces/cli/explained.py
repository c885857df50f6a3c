"""An explanation as plain values, for `--json`."""

from dataclasses import asdict

from turnout.application.health.standing import Standing
from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.hedge_rules import HedgeRules


def explained(explanation: Explanation) -> dict[str, object]:
    """Return the plan as JSON-ready values; `targets` are in order."""
    plan = explanation.plan
    return {
        "model": explanation.model,
        "route": None if plan is None else plan.route,
        "strategy": None if plan is None else plan.strategy.value,
        "near": list(explanation.near),
        "deadline_seconds": explanation.deadline_seconds,
        "max_attempts": explanation.max_attempts,
        "hedge": _shown(explanation.hedge),
        "targets": [
            {
                "tier": target.tier,
                "via": target.via,
                "provider": target.deployment.provider,
                "model": target.deployment.model,
                "upstream": target.deployment.upstream,
                "capabilities": sorted(target.deployment.capabilities),
                "weight": target.weight,
                "why": explanation.reasons.get(target.id),
                "concurrency": _shown(explanation.concurrency.get(target.id)),
                "health": _shown(explanation.standings.get(target.id)),
            }
            for target in (plan.targets if plan else ())
        ],
        "dropped": [
            {"tier": d.tier, "target": d.target, "rule": d.rule, "detail": d.detail}
            for d in (plan.drops if plan else ())
        ],
    }


def _shown(known: Standing | ConcurrencyRules | HedgeRules | None) -> dict[str, object] | None:
    """Return it as values: None of what is not set, and of what a file cannot know."""
    return None if known is None else asdict(known)
