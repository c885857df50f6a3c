"""What alerting needs: where alerts and notices are kept, how calls went, and ways to people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from turnout.domain.alerting.alert import Alert
from turnout.domain.alerting.book import Notice
from turnout.domain.alerting.burn import Calls
from turnout.domain.alerting.rule import AlertRules, Severity
from turnout.domain.alerting.silence import Silence
from turnout.domain.shared.sketch import Sketch


class ChannelKind(StrEnum):
    """How a channel is reached."""

    APPRISE = "apprise"
    """By the apprise library: `address` is one of its URLs."""
    WEBHOOK = "webhook"
    """By a signed POST to `address`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where notices of some severities go; `address` and `secret` are references or secrets."""

    kind: ChannelKind
    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    severities: tuple[Severity, ...] = tuple(Severity)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What the file says of alerts; `certificates` are the files that the planes serve with."""

    rules: AlertRules = field(default_factory=AlertRules)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice on its way to one channel. `id` stays the same however often it is sent."""

    id: str
    channel: str
    notice: Notice
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a notice fared: `delivered_at` once it was, `gave_up` if it will not be."""

    id: str
    channel: str
    kind: str
    at: float
    tries: int
    delivered_at: float | None
    gave_up: bool
    problem: str


class AlertStore(Protocol):
    """Keeps alerts. All methods raise what the store's driver raises."""

    async def alerts(self) -> dict[str, Alert]:
        """Return all, by fingerprint."""
        ...

    async def keep(
        self, alerts: Sequence[Alert], gone: Collection[str], outgoing: Sequence[Outgoing]
    ) -> None:
        """Store what has changed and what is to be told, all of it or nothing."""
        ...


class SilenceStore(Protocol):
    """Keeps silences until they are over."""

    async def silences(self, now: float) -> list[Silence]:
        """Return those that are not over, the first to end first."""
        ...

    async def add(self, silence: Silence) -> None:
        """Keep one."""
        ...

    async def end(self, id: str) -> None:
        """Forget one, if it is there."""
        ...


class Outbox(Protocol):
    """Notices that are to be delivered, until they are."""

    async def due(self, now: float) -> list[Outgoing]:
        """Return those to send now, oldest first."""
        ...

    async def delivered(self, outgoing: Outgoing, now: float) -> None:
        """Note that one has arrived."""
        ...

    async def postpone(self, outgoing: Outgoing, until: float | None, problem: str) -> None:
        """Note why one has not arrived, and when to try again: None for never."""
        ...

    async def latest(self, limit: int) -> list[Delivery]:
        """Return how the latest fared, newest first."""
        ...


class Called(NamedTuple):
    """A model of a provider, as the ledger has them."""

    provider: str
    model: str


class CallCounts(Protocol):
    """How calls went lately, from what the ledger has added up."""

    async def calls(self, since: float) -> dict[Called, Calls]:
        """Return the counts from about `since` on: what is long is known by the minute."""
        ...

    async def latencies(self, since: float) -> dict[Called, Sketch]:
        """Return the seconds that whole answers took from `since` on."""
        ...


class NotDelivered(Exception):
    """A channel did not take a notice; the message says why, without secrets."""


class Postman(Protocol):
    """Takes notices to people."""

    async def send(self, channel: Channel, outgoing: Outgoing) -> None:
        """Deliver one. Raises NotDelivered."""
        ...
