import json

from tests.support.gateways import deployment

from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.inference.capability import UNKNOWN_MODEL
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.interfaces.cli.explained import explained


def test_targets_are_in_order_and_drops_have_their_rule() -> None:
    plan = RoutePlan(
        "default",
        (
            PlannedTarget(deployment("b"), 0, "b"),
            PlannedTarget(deployment("a", "large"), 1, "a/large"),
        ),
        (Drop("c", 1, "provider_disabled", "c is disabled"),),
    )
    reasons = {plan.targets[0].id: "50 % of requests"}
    concurrency = {plan.targets[0].id: ConcurrencyRules(False, 8, 0)}
    told = explained(
        Explanation("default", 5, plan, (), 9, 2, HedgeRules(), concurrency, reasons=reasons)
    )
    room = {"adaptive": False, "most": 8, "queue": 0, "queue_seconds": 5.0}
    assert json.loads(json.dumps(told)) == {
        "model": "default",
        "route": "default",
        "strategy": "weighted",
        "near": [],
        "deadline_seconds": 9,
        "max_attempts": 2,
        "hedge": {"after_seconds": None, "most_share": 0.05},
        "targets": [
            {
                "tier": tier,
                "via": via,
                "provider": via[0],
                "model": model,
                "upstream": model,
                "capabilities": sorted(UNKNOWN_MODEL),
                "weight": 1.0,
                "why": "50 % of requests" if via == "b" else None,
                "concurrency": room if via == "b" else None,
                "health": None,
            }
            for tier, via, model in [(0, "b", "m"), (1, "a/large", "large")]
        ],
        "dropped": [
            {"tier": 1, "target": "c", "rule": "provider_disabled", "detail": "c is disabled"}
        ],
    }


def test_an_unknown_model_has_names_near_it() -> None:
    told = explained(Explanation("defualt", 5, None, ("default",)))
    assert (told["route"], told["near"], told["targets"]) == (None, ["default"], [])
