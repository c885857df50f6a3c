"""`/api/routes/explain`: where a request would go, and why not elsewhere."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from turnout.application.health.standing import Standing
from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.governance.roles import Permission
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.shared.errors import DomainError, alike
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.handlers import Handlers


def _known(words: str) -> str:
    for word in _split(words):
        if word not in list(Capability):
            expected = ", ".join(Capability)
            raise ValueError(
                f"capabilities, comma between them, of {expected}{alike(word, Capability)}"
            )
    return words


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


class Question(BaseModel):
    """A request, as far as routing looks at it."""

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1, description="chain, provider/model, or model")]
    needs: Annotated[str, AfterValidator(_known), Field(examples=["tools,vision"])] = ""
    stream: bool = False
    input_tokens: Annotated[int, Field(ge=0)] = 0

    def requirement(self) -> Requirement:
        """Return what such a request needs; a chat unless it asks for embeddings."""
        needs = {Capability(word) for word in _split(self.needs)}
        if Capability.EMBEDDINGS not in needs:
            needs.add(Capability.CHAT)
        if self.stream:
            needs.add(Capability.STREAMING)
        return Requirement(frozenset(needs), self.input_tokens)


class TargetAnswer(BaseModel):
    """A deployment that would be tried; `via` is the chain's own words for it."""

    tier: int
    via: str
    provider: str
    model: str
    upstream: str
    capabilities: list[Capability]
    weight: float
    why: str | None
    concurrency: ConcurrencyRules | None
    health: Standing | None

    @classmethod
    def of(cls, target: PlannedTarget, explanation: Explanation) -> "TargetAnswer":
        """Show a target of a plan, what brings it its turn, and how it stands if that is known."""
        deployment = target.deployment
        return cls(
            tier=target.tier,
            via=target.via,
            provider=deployment.provider,
            model=deployment.model,
            upstream=deployment.upstream,
            capabilities=sorted(deployment.capabilities),
            weight=target.weight,
            why=explanation.reasons.get(target.id),
            concurrency=explanation.concurrency.get(target.id),
            health=explanation.standings.get(target.id),
        )


class DropAnswer(BaseModel):
    """A target that would be left out, and the rule that says so."""

    tier: int
    target: str
    rule: str
    detail: str

    @classmethod
    def of(cls, drop: Drop) -> "DropAnswer":
        """Show a drop of a plan."""
        return cls(tier=drop.tier, target=drop.target, rule=drop.rule, detail=drop.detail)


class ExplanationAnswer(BaseModel):
    """Targets in the order in which they would be tried, and those that would be left out.

    `strategy` orders those that share a tier for each request anew; here nothing is under way.
    """

    model: str
    route: str
    strategy: Strategy
    revision: int
    deadline_seconds: float | None
    max_attempts: int | None
    hedge: HedgeRules | None
    targets: list[TargetAnswer]
    dropped: list[DropAnswer]

    @classmethod
    def of(cls, explanation: Explanation, plan: RoutePlan) -> "ExplanationAnswer":
        """Show an explanation that has a plan."""
        return cls(
            model=explanation.model,
            route=plan.route,
            strategy=plan.strategy,
            revision=explanation.revision,
            deadline_seconds=explanation.deadline_seconds,
            max_attempts=explanation.max_attempts,
            hedge=explanation.hedge,
            targets=[TargetAnswer.of(target, explanation) for target in plan.targets],
            dropped=[DropAnswer.of(drop) for drop in plan.drops],
        )


def routes_router(handlers: Handlers) -> APIRouter:
    """Return the paths below `/api/routes`."""
    router = APIRouter(
        prefix="/api/routes", tags=["routes"], dependencies=[needs(Permission.CATALOG_READ)]
    )

    @router.get("/explain", summary="Explain where a request would go")
    async def explain_route(question: Annotated[Question, Query()]) -> ExplanationAnswer:
        explanation = handlers.explain_route(question.model, question.requirement())
        if explanation.plan is None:
            near = " or ".join(map(repr, explanation.near))
            hint = f": did you mean {near}?" if near else ""
            raise DomainError("route.unknown_model", f"no model {question.model!r}{hint}")
        return ExplanationAnswer.of(explanation, explanation.plan)

    return router
