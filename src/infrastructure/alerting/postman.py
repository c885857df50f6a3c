"""ChannelPostman: takes each notice along its channel's way."""

from dataclasses import dataclass

from turnout.application.ports.alerting import Channel, ChannelKind, NotDelivered, Outgoing
from turnout.application.ports.secret_store import SecretMissing, SecretStore
from turnout.application.ports.system import Clock
from turnout.infrastructure.alerting.apprise_channel import notify
from turnout.infrastructure.alerting.webhook import post
from turnout.infrastructure.transport.engine import HttpEngine


@dataclass(frozen=True, slots=True)
class ChannelPostman:
    """A Postman. References are looked up each time: a rotated secret is heeded at once."""

    secrets: SecretStore
    engine: HttpEngine
    clock: Clock

    async def send(self, channel: Channel, outgoing: Outgoing) -> None:
        """See Postman."""
        try:
            address = self.secrets.reveal(channel.address)
            secret = None if channel.secret is None else self.secrets.reveal(channel.secret)
        except SecretMissing as missing:
            raise NotDelivered(missing.message) from None
        if channel.kind is ChannelKind.WEBHOOK:
            await post(self.engine, address, secret, outgoing, self.clock.epoch_seconds)
        else:
            await notify(address, outgoing.notice)

    async def close(self) -> None:
        """Close the connections."""
        await self.engine.close()
