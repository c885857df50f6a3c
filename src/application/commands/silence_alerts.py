"""Silence alerts for a while, and end a silence."""

from dataclasses import dataclass

from turnout.application.ports.alerting import SilenceStore
from turnout.application.ports.system import Clock, IdSource
from turnout.domain.alerting.rule import RuleName
from turnout.domain.alerting.silence import Silence
from turnout.domain.shared.bounds import positive
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class SilenceAlerts:
    """Of which rule, which subject, or both; from now on for so long."""

    rule: RuleName | None
    subject: str | None
    seconds: float
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SilenceAlertsHandler:
    """Raises DomainError `silence.*`."""

    store: SilenceStore
    ids: IdSource
    clock: Clock

    async def __call__(self, command: SilenceAlerts) -> Silence:
        """Silence them from now on."""
        positive("silence", seconds=command.seconds)
        silence = Silence(
            id=self.ids.next_request().replace("req_", "sil_", 1),
            rule=command.rule,
            subject=command.subject,
            until=self.clock.epoch_seconds() + command.seconds,
            by=command.by,
            reason=command.reason,
        )
        await self.store.add(silence)
        return silence


@dataclass(frozen=True, slots=True)
class EndSilence:
    """Which."""

    id: str


@dataclass(frozen=True, slots=True)
class EndSilenceHandler:
    """Raises DomainError `silence.unknown`."""

    store: SilenceStore
    clock: Clock

    async def __call__(self, command: EndSilence) -> None:
        """End it now."""
        known = [each.id for each in await self.store.silences(self.clock.epoch_seconds())]
        if command.id not in known:
            raise unknown("silence", command.id, known)
        await self.store.end(command.id)
