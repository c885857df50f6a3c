"""What the control plane calls about alerts. Commands take the actor first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from turnout.application.commands.silence_alerts import EndSilence, SilenceAlerts
from turnout.application.commands.try_channel import TryChannel
from turnout.application.ports.alerting import AlertSettings, Delivery
from turnout.application.queries.list_alerts import AlertRow
from turnout.domain.alerting.silence import Silence
from turnout.domain.governance.actor import Actor


@dataclass(frozen=True, slots=True)
class AlertHandlers:
    """`settings` are those in force; `try_channel` raises NotDelivered."""

    show: Callable[[], Awaitable[list[AlertRow]]]
    settings: Callable[[], AlertSettings]
    deliveries: Callable[[int], Awaitable[list[Delivery]]]
    try_channel: Callable[[Actor, TryChannel], Awaitable[None]]
    silences: Callable[[], Awaitable[list[Silence]]]
    silence: Callable[[Actor, SilenceAlerts], Awaitable[Silence]]
    end_silence: Callable[[Actor, EndSilence], Awaitable[None]]
