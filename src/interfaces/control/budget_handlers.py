"""What the control plane calls about budgets and limits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from turnout.application.commands.remove_budget import RemoveBudget
from turnout.application.commands.set_budget import SetBudget
from turnout.application.ports.budget_store import BudgetState
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.limit_rules import LimitRules
from turnout.domain.shared.ids import BudgetId


@dataclass(frozen=True, slots=True)
class BudgetHandlers:
    """Commands take the actor first; `limits` gives those of the configuration file in force."""

    set: Callable[[Actor, SetBudget], Awaitable[bool]]
    remove: Callable[[Actor, RemoveBudget], Awaitable[None]]
    list: Callable[[], Awaitable[list[BudgetState]]]
    get: Callable[[BudgetId], Awaitable[BudgetState]]
    limits: Callable[[], LimitRules]
