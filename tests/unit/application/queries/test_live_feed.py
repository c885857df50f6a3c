from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.pages import FakeLiveSource
from tests.fakes.system import FrozenClock

from turnout.application.ports.live_source import AttemptLine, Marks, MinuteSums
from turnout.application.queries.live_feed import (
    MOST_LISTENERS,
    MOST_WAITING,
    Listener,
    LiveEvent,
    LiveFeed,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.sketch import Sketch

START = 1_699_999_980
LINE = AttemptLine(
    *("1", 0, 1_700_000_000.0, "r", 1, "default", "k", None, "a", "m", "completed"),
    *(None, 200, 0.5, 0.1, 10, 20, 3_000),
)


def sums(provider: str, requests: int, *seconds: float) -> MinuteSums:
    latency = Sketch()
    for each in seconds:
        latency.add(each)
    counts = {"requests": requests, "attempts": requests, "output_tokens": 10 * requests}
    return MinuteSums(START, provider, counts, latency, Sketch())


async def told(listener: Listener, count: int) -> list[LiveEvent]:
    events = [await listener.next() for _ in range(count)]
    assert None not in events
    return [event for event in events if event is not None]


def points_of(event: LiveEvent) -> list[dict[str, Any]]:
    points = event.content["points"]
    assert isinstance(points, list)
    return points


async def test_while_nobody_listens_the_store_is_left_alone() -> None:
    source = FakeLiveSource()
    await LiveFeed(source, FrozenClock()).tick()
    assert source.asked == 0


async def test_a_point_is_what_has_come_since_the_last_look() -> None:
    source, clock = FakeLiveSource(sums=[sums("a", 5, 9.0)]), FrozenClock()
    feed = LiveFeed(source, clock)
    listener = feed.listen()
    await feed.tick()
    assert [event.name for event in await told(listener, 1)] == ["marks"]
    source.sums = [sums("a", 7, 9.0, 0.1, 0.1), sums("b", 1, 0.2)]
    clock.move(0.5)
    await feed.tick()
    (event,) = await told(listener, 1)
    (point,) = points_of(event)
    assert (point["requests"], point["tokens"], point["seconds"]) == (3, 30, 0.5)
    assert point["p99"] == pytest.approx(0.2, rel=0.02), "what was there before is not in it"
    assert {name: each["requests"] for name, each in point["providers"].items()} == {"a": 2, "b": 1}


async def test_it_begins_with_the_minutes_that_are_over() -> None:
    before = [replace(sums("a", 60, 0.1), start=START - 60 * ago) for ago in (40, 2, 1)]
    feed = LiveFeed(FakeLiveSource(sums=[*before, sums("a", 5, 9.0)]), FrozenClock())
    listener = feed.listen()
    await feed.tick()
    _, event = await told(listener, 2)
    shown = [(each["at"], each["requests"], each["seconds"]) for each in points_of(event)]
    assert shown == [(START - 60.0, 60, 60.0), (float(START), 60, 60.0)]


async def test_marks_and_attempts_are_told_once() -> None:
    source = FakeLiveSource(lines=[LINE])
    feed = LiveFeed(source, FrozenClock())
    listener = feed.listen()
    for _ in range(2):
        await feed.tick()
    second = replace(LINE, position=1)
    source.told, source.lines = Marks(2, 2, 3), [second, LINE]
    await feed.tick()
    events = await told(listener, 6)
    assert [event.name for event in events] == [
        *("marks", "attempts", "points"),
        *("marks", "points", "attempts"),
    ]
    assert events[3].content == {"revision": 2, "health": 2, "audit": 3}
    attempts = events[5].content["attempts"]
    assert isinstance(attempts, list)
    assert [each["position"] for each in attempts] == [1]


async def test_who_comes_later_begins_with_what_is_known() -> None:
    source, clock = FakeLiveSource(lines=[LINE]), FrozenClock()
    feed = LiveFeed(source, clock)
    first = feed.listen()
    for _ in range(3):
        clock.move(0.5)
        await feed.tick()
    events = await told(feed.listen(), 3)
    assert [event.name for event in events] == ["marks", "points", "attempts"]
    assert len(points_of(events[1])) == 2
    feed.leave(first)


async def test_who_is_too_slow_is_let_go() -> None:
    clock = FrozenClock()
    feed = LiveFeed(FakeLiveSource(), clock)
    slow = feed.listen()
    for _ in range(MOST_WAITING + 2):
        clock.move(0.5)
        await feed.tick()
    assert await slow.next() is None


async def test_there_may_be_so_many_and_no_more() -> None:
    feed = LiveFeed(FakeLiveSource(), FrozenClock())
    listeners = [feed.listen() for _ in range(MOST_LISTENERS)]
    with pytest.raises(DomainError, match="watching already"):
        feed.listen()
    feed.leave(listeners[0])
    feed.listen()


async def test_closing_ends_those_who_listen_and_those_who_come() -> None:
    feed = LiveFeed(FakeLiveSource(), FrozenClock())
    before = feed.listen()
    feed.close()
    assert (await before.next(), await feed.listen().next()) == (None, None)
