"""Notices on their way: again until they arrive, and no channel waits for another."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.alerting import FakeAlertStore, FakePostman
from tests.fakes.system import FrozenClock

from turnout.application.alerting.deliver_notices import (
    LONGEST_SECONDS,
    LONGEST_WAIT_SECONDS,
    DeliverNotices,
    wait_seconds,
)
from turnout.application.ports.alerting import AlertSettings, Channel, ChannelKind, Outgoing
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Severity


@dataclass
class Scene:
    clock: FrozenClock = field(default_factory=FrozenClock)
    store: FakeAlertStore = field(default_factory=FakeAlertStore)
    postman: FakePostman = field(default_factory=FakePostman)
    channels: dict[str, Channel] = field(
        default_factory=lambda: {
            name: Channel(ChannelKind.WEBHOOK, name) for name in ("good", "broken")
        }
    )
    leads: bool = True

    def __post_init__(self) -> None:
        self.deliver = DeliverNotices(
            self.store,
            self.postman,
            lambda: AlertSettings(channels=self.channels),
            self.clock,
            lambda: self.leads,
        )

    async def put(self, *ids: str) -> None:
        now = self.clock.epoch_seconds()
        notice = Notice(NoticeKind.FIRING, "a", Severity.PAGE, now, ())
        await self.store.keep([], [], [Outgoing(id, id.partition(":")[0], notice) for id in ids])

    async def after(self, seconds: float = 0.0) -> None:
        """Deliver, and let all of what began end."""
        self.clock.move(seconds)
        await self.deliver()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*(each for each in others if each.get_name().startswith("notices")))


async def test_what_arrives_is_sent_once() -> None:
    scene = Scene()
    await scene.put("good:1", "good:2")
    await scene.after()
    await scene.after(1000)
    assert [each.id for _, each in scene.postman.sent] == ["good:1", "good:2"]


async def test_what_does_not_arrive_is_sent_again_later_under_the_same_id() -> None:
    scene = Scene()
    await scene.put("broken:1")
    await scene.after()
    await scene.after(1.9)
    assert scene.store.outgoing["broken:1"].tries == 1
    await scene.after(0.1)
    assert scene.store.outgoing["broken:1"].tries == 2
    scene.channels["broken"] = Channel(ChannelKind.WEBHOOK, "mended")
    await scene.after(4)
    assert [(to, each.id) for to, each in scene.postman.sent] == [("mended", "broken:1")]


async def test_a_channel_that_is_broken_keeps_no_other_waiting() -> None:
    scene = Scene()
    await scene.put("broken:1", "good:1")
    await scene.after()
    assert [each.id for _, each in scene.postman.sent] == ["good:1"]


async def test_a_channel_that_is_slow_keeps_no_other_waiting() -> None:
    scene = Scene()
    stuck, arrived = asyncio.Event(), asyncio.Event()

    class Slow(FakePostman):
        async def send(self, channel: Channel, outgoing: Outgoing) -> None:
            if channel.address == "broken":
                await stuck.wait()
            await super().send(Channel(ChannelKind.WEBHOOK, "x"), outgoing)
            arrived.set()

    scene.deliver.postman = slow = Slow()
    await scene.put("broken:1", "good:1")
    await scene.deliver()
    await arrived.wait()
    await scene.put("good:2")
    await scene.deliver()
    stuck.set()
    await scene.after()
    assert {each.id for _, each in slow.sent} == {"broken:1", "good:1", "good:2"}
    assert len(slow.sent) == 3, "the slow one was not begun twice"


async def test_it_is_given_up_after_a_day() -> None:
    scene = Scene()
    await scene.put("broken:1")
    await scene.after(LONGEST_SECONDS)
    (delivery,) = await scene.store.latest(1)
    assert (delivery.gave_up, delivery.problem) == (True, "nobody is there")


async def test_a_channel_that_is_no_longer_configured_gets_nothing() -> None:
    scene = Scene()
    await scene.put("gone:1")
    await scene.after()
    (delivery,) = await scene.store.latest(1)
    assert (delivery.gave_up, delivery.problem) == (True, "the channel is no longer configured")


async def test_only_the_leader_delivers() -> None:
    scene = Scene(leads=False)
    await scene.put("good:1")
    await scene.after()
    assert scene.postman.sent == []


async def test_what_is_under_way_at_the_end_stays_in_the_outbox() -> None:
    scene = Scene()

    class Stuck(FakePostman):
        async def send(self, channel: Channel, outgoing: Outgoing) -> None:
            await asyncio.Event().wait()

    scene.deliver.postman = Stuck()
    await scene.put("good:1")
    await scene.deliver()
    await scene.deliver.stop()
    assert [each.id for each in await scene.store.due(scene.clock.epoch_seconds())] == ["good:1"]


def test_waits_grow_up_to_a_bound() -> None:
    assert [wait_seconds(tries) for tries in (1, 2, 3)] == [2.0, 4.0, 8.0]
    assert wait_seconds(10_000) == LONGEST_WAIT_SECONDS
