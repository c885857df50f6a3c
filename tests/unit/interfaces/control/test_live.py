import json

from tests.fakes.pages import FakeLiveSource, page_handlers
from tests.fakes.system import FrozenClock
from tests.support.control import FakeControl

from turnout.application.queries.live_feed import LiveFeed
from turnout.interfaces.control import live
from turnout.interfaces.control.live import HEARTBEAT_SECONDS, LONGEST_SECONDS


async def test_what_is_new_comes_as_events_until_the_feed_ends() -> None:
    feed = LiveFeed(FakeLiveSource(), FrozenClock())
    listener = feed.listen()
    await feed.tick()
    events = live.events_of(feed, listener)
    assert await anext(events) == b"retry: 1000\n\n"
    name, data = (await anext(events)).decode().split("\n", 1)
    assert name == "event: marks"
    assert json.loads(data.removeprefix("data: ")) == {"revision": 1, "health": 2, "audit": 3}
    feed.close()
    assert [event async for event in events] == []


async def test_it_is_no_answer_to_keep_and_says_that_it_is_there() -> None:
    async with FakeControl(pages=page_handlers()).client() as client:
        answer = await client.get("/api/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert HEARTBEAT_SECONDS < 60 < LONGEST_SECONDS
