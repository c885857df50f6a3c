"""`/api/alerts` and `/api/silences`: what is the matter, who is told, and who need not be."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from turnout.application.commands.silence_alerts import EndSilence, SilenceAlerts
from turnout.application.commands.try_channel import TryChannel
from turnout.application.ports.alerting import ChannelKind, Delivery, NotDelivered
from turnout.application.queries.list_alerts import AlertRow
from turnout.domain.alerting.rule import DEFAULT_RULES, RuleName, Severity
from turnout.domain.alerting.silence import LONGEST_REASON, Silence
from turnout.domain.governance.actor import Actor
from turnout.domain.governance.roles import Permission
from turnout.domain.shared.errors import DomainError
from turnout.interfaces.control.access import needs
from turnout.interfaces.control.alert_handlers import AlertHandlers
from turnout.interfaces.control.fields import Body, Relaxed, Text

MOST_DELIVERIES = 1000
LONGEST_SILENCE_SECONDS = 90 * 86_400.0
Keeper = Annotated[Actor, needs(Permission.ALERTS_WRITE)]


class RuleAnswer(BaseModel):
    """One rule, as it is applied."""

    name: RuleName
    enabled: bool
    severity: Severity
    for_seconds: float
    keep_seconds: float


class ChannelAnswer(BaseModel):
    """A channel, without its address."""

    name: str
    kind: ChannelKind
    signed: bool
    severities: list[Severity]


class SilenceBody(Body):
    """A rule, a subject or both, and for how long."""

    rule: Annotated[RuleName, Relaxed] | None = None
    subject: Text | None = None
    seconds: Annotated[float, Field(gt=0, le=LONGEST_SILENCE_SECONDS)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON, pattern="^[^\\x00]*$")] = ""


class Latest(BaseModel):
    """How many deliveries to show."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST_DELIVERIES)] = 100


def alerts_router(alerts: AlertHandlers) -> APIRouter:
    """Return the paths below `/api/alerts`."""
    router = APIRouter(
        prefix="/api/alerts", tags=["alerts"], dependencies=[needs(Permission.STATUS_READ)]
    )

    @router.get("", summary="List alerts: firing ones, pending ones, and what was resolved lately")
    async def list_alerts() -> list[AlertRow]:
        return await alerts.show()

    @router.get("/rules", summary="List the rules that are applied")
    async def list_rules() -> list[RuleAnswer]:
        return _rules(alerts)

    @router.get("/channels", summary="List the channels that notices go to")
    async def list_channels() -> list[ChannelAnswer]:
        return [
            ChannelAnswer(
                name=name,
                kind=channel.kind,
                signed=channel.secret is not None,
                severities=list(channel.severities),
            )
            for name, channel in alerts.settings().channels.items()
        ]

    @router.post("/channels/{name}/test", status_code=204, summary="Send a test notice")
    async def test_channel(actor: Keeper, name: str) -> Response:
        try:
            await alerts.try_channel(actor, TryChannel(name))
        except NotDelivered as problem:
            raise DomainError("channel.not_delivered", f"{name}: {problem}") from None
        return Response(status_code=204)

    @router.get("/deliveries", summary="Show how notices fared, newest first")
    async def list_deliveries(latest: Annotated[Latest, Query()]) -> list[Delivery]:
        return await alerts.deliveries(latest.limit)

    return router


def silences_router(alerts: AlertHandlers) -> APIRouter:
    """Return the paths below `/api/silences`."""
    router = APIRouter(
        prefix="/api/silences", tags=["alerts"], dependencies=[needs(Permission.STATUS_READ)]
    )

    @router.get("", summary="List silences, the first to end first")
    async def list_silences() -> list[Silence]:
        return await alerts.silences()

    @router.post("", status_code=201, summary="Silence alerts for a while")
    async def silence_alerts(actor: Keeper, body: SilenceBody) -> Silence:
        command = SilenceAlerts(body.rule, body.subject, body.seconds, actor.name, body.reason)
        return await alerts.silence(actor, command)

    @router.delete("/{id}", status_code=204, summary="End a silence")
    async def end_silence(actor: Keeper, id: str) -> Response:
        await alerts.end_silence(actor, EndSilence(id))
        return Response(status_code=204)

    return router


def _rules(alerts: AlertHandlers) -> list[RuleAnswer]:
    rules = alerts.settings().rules
    told = {name: rules.rules.get(name, usual) for name, usual in DEFAULT_RULES.items()}
    return [
        RuleAnswer(
            name=name,
            enabled=rules.watched(name) is not None,
            severity=rule.severity,
            for_seconds=rule.for_seconds,
            keep_seconds=rule.keep_seconds,
        )
        for name, rule in told.items()
    ]
