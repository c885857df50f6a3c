"""Budgets of a running gateway, over its control plane."""

import asyncio
from urllib.parse import quote

import msgspec

from turnout.bootstrap.remote import ask, ask_bytes
from turnout.domain.governance.budget import BudgetSettings
from turnout.interfaces.cli.actions import ControlPlane
from turnout.interfaces.cli.budget_actions import BudgetRow

BUDGETS = "/api/budgets"


def list_budgets(plane: ControlPlane) -> list[BudgetRow]:
    """List the gateway's budgets. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", BUDGETS, list[BudgetRow]))


def set_budget(plane: ControlPlane, name: str, settings: BudgetSettings) -> BudgetRow:
    """Have the gateway set a budget. Raises NoAnswer, also for what its rules refuse."""
    body = msgspec.json.encode(settings)
    return asyncio.run(ask(plane, "PUT", _path(name), BudgetRow, body))


def remove_budget(plane: ControlPlane, name: str) -> None:
    """Have the gateway remove a budget. Raises NoAnswer."""
    asyncio.run(ask_bytes(plane, "DELETE", _path(name)))


def _path(name: str) -> str:
    return f"{BUDGETS}/{quote(name, safe='')}"
