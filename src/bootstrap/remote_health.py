"""Asks a running gateway's control plane how its providers are, for the command line."""

import asyncio
from urllib.parse import quote

from turnout.application.health.probing import ProbeOutcome
from turnout.application.queries.health_overview import HealthRow
from turnout.bootstrap.remote import ask
from turnout.interfaces.cli.actions import ControlPlane


def show_health(plane: ControlPlane) -> list[HealthRow]:
    """Return how every deployment stands. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", "/api/health", list[HealthRow]))


def probe_provider(plane: ControlPlane, name: str) -> list[ProbeOutcome]:
    """Have a provider probed now. Raises NoAnswer, also for one that is not known."""
    path = f"/api/providers/{quote(name, safe='')}/probe"
    return asyncio.run(ask(plane, "POST", path, list[ProbeOutcome]))
