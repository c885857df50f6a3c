"""What the gateway looks at of its own: its file, its certificates, its ledger, its budgets."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from turnout.application.ports.budget_store import BudgetState, BudgetView
from turnout.domain.alerting.alert import Finding
from turnout.domain.alerting.rule import AlertRules, RuleName

DAY_SECONDS = 86_400.0
_NANOS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ReloadWatch:
    """Whether a changed file is not used. `faults` tells what is wrong with it, if it is not."""

    faults: Callable[[], Sequence[str]]
    rules: Sequence[RuleName] = (RuleName.RELOAD_FAILED,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        faults = self.faults()
        if not faults:
            return []
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        text = f"the changed configuration is not used: {faults[0]}{more}"
        return [Finding(RuleName.RELOAD_FAILED, "configuration", "configuration", text)]


@dataclass(frozen=True, slots=True)
class CertificateWatch:
    """Whether a certificate ends soon. `ends_at` tells when that of a file does."""

    files: Callable[[], Sequence[str]]
    ends_at: Callable[[str], float]
    rules: Sequence[RuleName] = (RuleName.CERTIFICATE_EXPIRY,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        return [
            Finding(RuleName.CERTIFICATE_EXPIRY, file, "certificates", _ending(file, left_days))
            for file in dict.fromkeys(self.files())
            if (left_days := (self.ends_at(file) - now) / DAY_SECONDS) < rules.expiry_days
        ]


@dataclass(slots=True)
class LedgerWatch:
    """Whether records were lost or refused since it looked last. `losses` tells how many in all.

    What was lost before the first look is not told: nobody knows when that was.
    """

    losses: Callable[[], Awaitable[float]]
    rules: Sequence[RuleName] = (RuleName.LEDGER_DROPS,)
    _before: float | None = field(default=None, init=False)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        total = await self.losses()
        before, self._before = self._before, total
        if before is None or total <= before:
            return []
        text = f"{total - before:g} records of attempts are missing in the ledger"
        return [Finding(RuleName.LEDGER_DROPS, "ledger", "ledger", text)]


@dataclass(frozen=True, slots=True)
class BudgetWatch:
    """Budgets of which the first share that is to be told of, or everything, is spent."""

    view: BudgetView
    rules: Sequence[RuleName] = (RuleName.BUDGET,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        return [
            Finding(RuleName.BUDGET, state.budget.id, f"budget {state.budget.id}", _spending(state))
            for state in await self.view.list(now)
            if _spent_share(state) >= min((*state.budget.settings.alerts, 1.0))
        ]


def _ending(file: str, left_days: float) -> str:
    if left_days <= 0:
        return f"the certificate {file} has ended"
    return f"the certificate {file} ends in {left_days:.1f} days"


def _spent_share(state: BudgetState) -> float:
    return state.spent / (float(state.budget.settings.limit_dollars) * _NANOS)


def _spending(state: BudgetState) -> str:
    settings = state.budget.settings
    return (
        f"{_spent_share(state):.0%} of the budget {state.budget.id} is spent: "
        f"${state.spent / _NANOS:.2f} of ${settings.limit_dollars} in this {settings.window}, by "
        f"the {settings.kind} {settings.subject}"
    )
