"""Send a notice to a channel, to see whether it arrives."""

from collections.abc import Callable
from dataclasses import dataclass

from turnout.application.ports.alerting import AlertSettings, Outgoing, Postman
from turnout.application.ports.system import Clock, IdSource
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Severity
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class TryChannel:
    """Which."""

    channel: str


@dataclass(frozen=True, slots=True)
class TryChannelHandler:
    """Sends at once, past the outbox. Raises DomainError `channel.unknown`, and NotDelivered."""

    postman: Postman
    settings: Callable[[], AlertSettings]
    ids: IdSource
    clock: Clock

    async def __call__(self, command: TryChannel) -> None:
        """Send it."""
        channels = self.settings().channels
        if command.channel not in channels:
            raise unknown("channel", command.channel, channels)
        now = self.clock.epoch_seconds()
        notice = Notice(NoticeKind.TEST, "test", Severity.WARNING, now, ())
        id = self.ids.next_request().replace("req_", "test:", 1)
        await self.postman.send(channels[command.channel], Outgoing(id, command.channel, notice))
