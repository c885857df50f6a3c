"""Budgets and limits as the API speaks of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from turnout.application.ports.budget_store import BudgetState
from turnout.domain.governance.access_key import AccessKey
from turnout.domain.governance.budget import (
    BudgetKind,
    BudgetSettings,
    UnknownPrice,
    Window,
)
from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.shared.money import dollars
from turnout.interfaces.control.fields import Body, Count, Relaxed, Share, Text

Dollars = Annotated[Decimal, Relaxed, Field(gt=0, le=1_000_000_000, decimal_places=9)]


class BudgetBody(Body):
    """A budget. `alerts` are shares of the limit; a budget that is not `hard` stops nobody."""

    kind: Annotated[BudgetKind, Relaxed]
    subject: Text = Field(description="The key's id, or the name of what `kind` says")
    window: Annotated[Window, Relaxed]
    limit_dollars: Dollars
    hard: bool = True
    alerts: list[Share] = Field([0.8], max_length=20)
    unknown_price: Annotated[UnknownPrice, Relaxed] = UnknownPrice.ALLOW

    def settings(self) -> BudgetSettings:
        """Return what it says."""
        return BudgetSettings(
            self.kind,
            self.subject,
            self.window,
            self.limit_dollars,
            self.hard,
            tuple(self.alerts),
            self.unknown_price,
        )


class BudgetAnswer(BaseModel):
    """A budget, and how it stands in the present window; `reserved` may be spent by workers."""

    name: str
    kind: BudgetKind
    subject: str
    window: Window
    limit_dollars: Decimal
    hard: bool
    alerts: list[float]
    unknown_price: UnknownPrice
    spent_dollars: Decimal
    reserved_dollars: Decimal
    starts_at: datetime
    resets_at: datetime

    @classmethod
    def of(cls, state: BudgetState) -> "BudgetAnswer":
        """Show a budget."""
        settings = state.budget.settings
        return cls(
            name=state.budget.id,
            kind=settings.kind,
            subject=settings.subject,
            window=settings.window,
            limit_dollars=settings.limit_dollars,
            hard=settings.hard,
            alerts=list(settings.alerts),
            unknown_price=settings.unknown_price,
            spent_dollars=dollars(state.spent),
            reserved_dollars=dollars(state.held),
            starts_at=datetime.fromtimestamp(state.start, UTC),
            resets_at=datetime.fromtimestamp(state.end, UTC),
        )


class LimitsBody(Body):
    """How often and how much may be asked; null is no limit."""

    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    concurrent_requests: Count | None = None

    def limits(self) -> RateLimits:
        """Return what it says."""
        return RateLimits(
            self.requests_per_minute, self.tokens_per_minute, self.concurrent_requests
        )


class LimitsAnswer(BaseModel):
    """How often and how much may be asked; null is no limit."""

    requests_per_minute: int | None
    tokens_per_minute: int | None
    concurrent_requests: int | None

    @classmethod
    def of(cls, limits: RateLimits) -> "LimitsAnswer":
        """Show limits."""
        return cls(
            requests_per_minute=limits.requests_per_minute,
            tokens_per_minute=limits.tokens_per_minute,
            concurrent_requests=limits.concurrent_requests,
        )


class AllLimitsAnswer(BaseModel):
    """Limits of the file by name, and those that access keys bring along, by the keys' ids."""

    keys: dict[str, LimitsAnswer]
    teams: dict[str, LimitsAnswer]
    models: dict[str, LimitsAnswer]
    routes: dict[str, LimitsAnswer]
    access_keys: dict[str, LimitsAnswer]

    @classmethod
    def of(cls, rules: LimitRules, keys: list[AccessKey]) -> "AllLimitsAnswer":
        """Show them all."""
        shown = {
            part: {name: LimitsAnswer.of(limits) for name, limits in getattr(rules, part).items()}
            for part in ("keys", "teams", "models", "routes")
        }
        own = {
            str(key.id): LimitsAnswer.of(key.settings.limits) for key in keys if key.settings.limits
        }
        return cls(access_keys=own, **shown)
