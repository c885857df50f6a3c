"""What the control plane does about budgets: commands, queries, and telling what was spent."""

from typing import TYPE_CHECKING

from turnout.application.commands.remove_budget import RemoveBudgetHandler
from turnout.application.commands.set_budget import SetBudgetHandler
from turnout.application.queries.get_budget import GetBudget
from turnout.application.queries.list_budgets import ListBudgets
from turnout.bootstrap.live_settings import LiveFollower
from turnout.bootstrap.periodic import Periodic
from turnout.infrastructure.persistence.budget_notices import SqlBudgetNotices
from turnout.infrastructure.persistence.budgets import SqlBudgetView
from turnout.interfaces.control.budget_handlers import BudgetHandlers

if TYPE_CHECKING:
    from turnout.bootstrap.control_container import ControlContainer

NOTICE_SECONDS = 1.0
PRUNE_SECONDS = 3600.0


def budget_handlers(container: "ControlContainer", follow: LiveFollower) -> BudgetHandlers:
    """Return what the API calls."""
    audited, clock = container.auditing(), container.clock()
    view = SqlBudgetView(container.database())
    started_with = container.settings().limits
    return BudgetHandlers(
        set=audited.on_budgets(SetBudgetHandler),
        remove=audited.on_budgets(RemoveBudgetHandler),
        list=ListBudgets(view, clock),
        get=GetBudget(view, clock),
        limits=lambda: follow.live.limits if follow.live.fingerprint else started_with,
    )


def budget_works(container: "ControlContainer") -> tuple[Periodic, ...]:
    """Return what is done again and again. Any number of control planes may do it."""
    notices = SqlBudgetNotices(container.database(), container.clock())
    return (
        Periodic("telling what was spent", NOTICE_SECONDS, notices),
        Periodic("pruning budgets", PRUNE_SECONDS, notices.prune),
    )
