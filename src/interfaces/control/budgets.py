"""`/api/budgets` and `/api/limits`: what callers may spend, and how often they may ask."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from turnout.application.commands.remove_budget import RemoveBudget
from turnout.application.commands.set_budget import SetBudget
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.roles import Permission
from turnout.domain.shared.ids import BudgetId
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.budget_schemas import AllLimitsAnswer, BudgetAnswer, BudgetBody
from turnout.interfaces.control.handlers import Handlers

Keeper = Annotated[Actor, needs(Permission.KEYS_WRITE)]
NewName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


def budgets_router(handlers: Handlers) -> APIRouter:
    """Return the paths of budgets and limits."""
    budgets, keys = handlers.budgets, handlers.keys
    router = APIRouter(prefix="/api", tags=["limits"], dependencies=[needs(Permission.KEYS_READ)])

    @router.get("/budgets", summary="List budgets, and how they stand")
    async def list_budgets() -> list[BudgetAnswer]:
        return [BudgetAnswer.of(state) for state in await budgets.list()]

    @router.get("/budgets/{name}", summary="Show a budget, and how it stands")
    async def get_budget(name: str) -> BudgetAnswer:
        return BudgetAnswer.of(await budgets.get(BudgetId(name)))

    @router.put("/budgets/{name}", summary="Set a budget, new or not")
    async def set_budget(
        actor: Keeper, name: NewName, body: BudgetBody, response: Response
    ) -> BudgetAnswer:
        if await budgets.set(actor, SetBudget(BudgetId(name), body.settings())):
            response.status_code = 201
        return BudgetAnswer.of(await budgets.get(BudgetId(name)))

    @router.delete("/budgets/{name}", status_code=204, summary="Remove a budget")
    async def remove_budget(actor: Keeper, name: str) -> None:
        await budgets.remove(actor, RemoveBudget(BudgetId(name)))

    @router.get("/limits", summary="Show the limits of the file and of access keys")
    async def show_limits() -> AllLimitsAnswer:
        return AllLimitsAnswer.of(budgets.limits(), await keys.list())

    return router
