"""Asks a running gateway's control plane how everything is, for the command line."""

import asyncio
from urllib.parse import quote

import msgspec

from turnout.application.ports.views import ChainRow
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.list_alerts import AlertRow
from turnout.bootstrap.remote import ask, ask_bytes
from turnout.bootstrap.remote_usage import usage_summary
from turnout.domain.alerting.silence import Silence
from turnout.interfaces.cli.actions import ControlPlane
from turnout.interfaces.cli.alert_actions import RuleRow, SilenceWish
from turnout.interfaces.cli.status_actions import ConfigurationRow, GatewayStatus, PlaneRow

ALERTS, SILENCES = "/api/alerts", "/api/silences"


def gateway_status(plane: ControlPlane, since: str) -> GatewayStatus:
    """Ask for everything that one screen has. Raises NoAnswer."""
    return GatewayStatus(
        configuration=asyncio.run(ask(plane, "GET", "/api/configuration/status", ConfigurationRow)),
        data_plane=asyncio.run(ask(plane, "GET", "/api/playground", PlaneRow)),
        health=asyncio.run(ask(plane, "GET", "/api/health", list[HealthRow])),
        alerts=show_alerts(plane),
        traffic=usage_summary(plane, {"by": "provider", "since": since}),
        requests=usage_summary(plane, {"by": "route", "since": since}),
    )


def list_chains(plane: ControlPlane) -> list[ChainRow]:
    """Return all chains. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", "/api/chains", list[ChainRow]))


def show_alerts(plane: ControlPlane) -> list[AlertRow]:
    """Return all alerts. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", ALERTS, list[AlertRow]))


def list_rules(plane: ControlPlane) -> list[RuleRow]:
    """Return the rules that are applied. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", f"{ALERTS}/rules", list[RuleRow]))


def list_silences(plane: ControlPlane) -> list[Silence]:
    """Return the silences that are not over. Raises NoAnswer."""
    return asyncio.run(ask(plane, "GET", SILENCES, list[Silence]))


def silence_alerts(plane: ControlPlane, wish: SilenceWish) -> Silence:
    """Silence some alerts. Raises NoAnswer."""
    return asyncio.run(ask(plane, "POST", SILENCES, Silence, msgspec.json.encode(wish)))


def end_silence(plane: ControlPlane, id: str) -> None:
    """End a silence. Raises NoAnswer, also for one that is not known."""
    asyncio.run(ask_bytes(plane, "DELETE", f"{SILENCES}/{quote(id, safe='')}"))


def try_channel(plane: ControlPlane, name: str) -> None:
    """Send a test notice to a channel. Raises NoAnswer, also if it does not arrive."""
    path = f"{ALERTS}/channels/{quote(name, safe='')}/test"
    asyncio.run(ask_bytes(plane, "POST", path))
