"""Alerts, silences, notices and counts of calls, in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.fakes.system import CountingIds, FrozenClock
from turnout.application.commands.silence_alerts import (
    EndSilence,
    EndSilenceHandler,
    SilenceAlerts,
    SilenceAlertsHandler,
)
from turnout.application.commands.try_channel import TryChannel, TryChannelHandler
from turnout.application.ports.alerting import (
    AlertSettings,
    Called,
    Channel,
    Delivery,
    NotDelivered,
    Outgoing,
)
from turnout.application.queries.list_alerts import ListAlerts
from turnout.domain.alerting.alert import Alert
from turnout.domain.alerting.burn import Calls
from turnout.domain.alerting.silence import Silence
from turnout.domain.governance.actor import Actor
from turnout.domain.shared.sketch import Sketch
from turnout.interfaces.control.alert_handlers import AlertHandlers


@dataclass
class FakeAlertStore:
    """An AlertStore, a SilenceStore and an Outbox. With `failure` every call raises it."""

    kept: dict[str, Alert] = field(default_factory=dict)
    quiet: dict[str, Silence] = field(default_factory=dict)
    outgoing: dict[str, Outgoing] = field(default_factory=dict)
    due_at: dict[str, float | None] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None

    async def alerts(self) -> dict[str, Alert]:
        self._check()
        return dict(self.kept)

    async def keep(
        self, alerts: Sequence[Alert], gone: Collection[str], outgoing: Sequence[Outgoing]
    ) -> None:
        self._check()
        self.kept.update({alert.fingerprint: alert for alert in alerts})
        for fingerprint in gone:
            del self.kept[fingerprint]
        for each in outgoing:
            self.outgoing.setdefault(each.id, each)
            self.due_at.setdefault(each.id, each.notice.at)

    async def silences(self, now: float) -> list[Silence]:
        self._check()
        lasting = [each for each in self.quiet.values() if each.until > now]
        return sorted(lasting, key=lambda silence: silence.until)

    async def add(self, silence: Silence) -> None:
        self.quiet[silence.id] = silence

    async def end(self, id: str) -> None:
        self.quiet.pop(id, None)

    async def due(self, now: float) -> list[Outgoing]:
        self._check()
        due = [self.outgoing[id] for id, at in self.due_at.items() if at is not None and at <= now]
        return sorted(due, key=lambda outgoing: outgoing.notice.at)

    async def delivered(self, outgoing: Outgoing, now: float) -> None:
        self._tried(outgoing, None, "")
        self.arrived[outgoing.id] = now

    async def postpone(self, outgoing: Outgoing, until: float | None, problem: str) -> None:
        self._tried(outgoing, until, problem)

    async def latest(self, limit: int) -> list[Delivery]:
        return [
            Delivery(
                each.id,
                each.channel,
                each.notice.kind,
                each.notice.at,
                each.tries,
                self.arrived.get(each.id),
                self.due_at[each.id] is None and each.id not in self.arrived,
                self.problems.get(each.id, ""),
            )
            for each in list(self.outgoing.values())[:limit]
        ]

    def _tried(self, outgoing: Outgoing, until: float | None, problem: str) -> None:
        self.outgoing[outgoing.id] = replace(outgoing, tries=outgoing.tries + 1)
        self.due_at[outgoing.id] = until
        self.problems[outgoing.id] = problem

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass
class FakeCallCounts:
    """A CallCounts by the length of the span; what is not given is no calls."""

    clock: FrozenClock
    spans: Mapping[float, Mapping[Called, Calls]] = field(default_factory=dict)
    sketches: Mapping[Called, Sketch] = field(default_factory=dict)

    async def calls(self, since: float) -> dict[Called, Calls]:
        return dict(self.spans.get(self.clock.epoch_seconds() - since, {}))

    async def latencies(self, since: float) -> dict[Called, Sketch]:
        del since
        return dict(self.sketches)


@dataclass
class FakePostman:
    """Notes what is sent; an address that is `broken` takes nothing."""

    sent: list[tuple[str, Outgoing]] = field(default_factory=list)

    async def send(self, channel: Channel, outgoing: Outgoing) -> None:
        if channel.address == "broken":
            raise NotDelivered("nobody is there")
        self.sent.append((channel.address, outgoing))


def alert_handlers(
    store: FakeAlertStore | None = None,
    settings: AlertSettings | None = None,
    postman: FakePostman | None = None,
) -> AlertHandlers:
    """Return handlers on `store`, which write nothing into an audit log."""
    store, clock, ids = store or FakeAlertStore(), FrozenClock(), CountingIds()
    said = settings or AlertSettings()
    try_channel = TryChannelHandler(postman or FakePostman(), lambda: said, ids, clock)
    silence = SilenceAlertsHandler(store, ids, clock)
    end = EndSilenceHandler(store, clock)

    async def silences() -> list[Silence]:
        return await store.silences(clock.epoch_seconds())

    async def trying(actor: Actor, command: TryChannel) -> None:
        await try_channel(command)

    async def silencing(actor: Actor, command: SilenceAlerts) -> Silence:
        return await silence(command)

    async def ending(actor: Actor, command: EndSilence) -> None:
        await end(command)

    return AlertHandlers(
        show=ListAlerts(store, store, clock),
        settings=lambda: said,
        deliveries=store.latest,
        try_channel=trying,
        silences=silences,
        silence=silencing,
        end_silence=ending,
    )
