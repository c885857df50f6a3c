"""LiveFeed: looks at the store once for all who watch, and tells each of them what is new."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from turnout.application.ports.live_source import AttemptLine, LiveSource, Marks, MinuteSums
from turnout.application.ports.system import Clock
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.sketch import Sketch

MOST_LISTENERS = 100
MOST_WAITING = 64
"""Events that a listener may be behind; who is slower is let go, and comes back by itself."""
KEPT_POINTS = 400
RECALLED_MINUTES = 30
NEWEST_LINES = 60
_MINUTE = 60

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """`name` is `marks`, `points` or `attempts`; `content` is for JSON."""

    name: str
    content: Told


class Listener:
    """One who watches: a queue of events, ended by None."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[LiveEvent | None] = asyncio.Queue(MOST_WAITING)
        self.is_open = True

    def tell(self, event: LiveEvent | None) -> None:
        """Put an event; a listener that is too far behind is ended instead."""
        if event is None or self._waiting.full():
            self.is_open = False
            while not self._waiting.empty():
                self._waiting.get_nowait()
            event = None
        self._waiting.put_nowait(event)

    async def next(self) -> LiveEvent | None:
        """Return the next event, None at the end."""
        return await self._waiting.get()


class LiveFeed:
    """`tick` does the work, for a periodic task; while nobody listens it asks nothing of the store.

    Points are differences between a minute's sums of one tick and the next: their cost depends on
    how many providers there are, and not on traffic.
    """

    def __init__(self, source: LiveSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._points: deque[Told] = deque(maxlen=KEPT_POINTS)
        self._marks: Marks | None = None
        self._lines: list[AttemptLine] = []
        self._sums: dict[tuple[int, str], MinuteSums] = {}
        self._looked_at: float | None = None
        self._is_closed = False

    def listen(self) -> Listener:
        """Return a listener, which begins with what is known. Raises DomainError `live.full`."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise DomainError("live.full", f"{MOST_LISTENERS} pages are watching already")
        listener = Listener()
        if self._marks is not None:
            listener.tell(LiveEvent("marks", asdict(self._marks)))
            listener.tell(LiveEvent("points", {"points": list(self._points)}))
            listener.tell(LiveEvent("attempts", {"attempts": [asdict(a) for a in self._lines]}))
        self._listeners.add(listener)
        if self._is_closed:
            listener.tell(None)
        return listener

    def leave(self, listener: Listener) -> None:
        """Tell `listener` nothing more."""
        self._listeners.discard(listener)

    async def tick(self) -> None:
        """Look at the store and tell what is new. Raises what the store's driver raises."""
        if not self._listeners:
            self._marks, self._looked_at = None, None
            self._lines, self._sums = [], {}
            self._points.clear()
            return
        await self._tell_marks()
        await self._tell_point()
        await self._tell_attempts()
        self._listeners = {listener for listener in self._listeners if listener.is_open}

    def close(self) -> None:
        """End all listeners, and from now on each as it comes."""
        self._is_closed = True
        for listener in self._listeners:
            listener.tell(None)

    def _tell(self, name: str, content: Told) -> None:
        for listener in self._listeners:
            if listener.is_open:
                listener.tell(LiveEvent(name, content))

    async def _tell_marks(self) -> None:
        marks = await self._source.marks()
        if marks != self._marks:
            self._marks = marks
            self._tell("marks", asdict(marks))

    async def _tell_attempts(self) -> None:
        lines = await self._source.newest(NEWEST_LINES)
        known = {(line.batch, line.position) for line in self._lines}
        new = [line for line in lines if (line.batch, line.position) not in known]
        self._lines = lines
        if new:
            self._tell("attempts", {"attempts": [asdict(line) for line in new]})

    async def _tell_point(self) -> None:
        now = self._clock.epoch_seconds()
        since = (int(now) // _MINUTE - 1) * _MINUTE
        sums = {(each.start, each.provider): each for each in await self._source.minutes(since)}
        before, looked_at = self._sums, self._looked_at
        self._sums, self._looked_at = sums, now
        if looked_at is None:
            await self._recall(now)
            return
        gained = [_gain(each, before.get(slot)) for slot, each in sums.items()]
        point = _point(gained, now, max(now - looked_at, 0.001))
        self._points.append(point)
        self._tell("points", {"points": [point]})

    async def _recall(self, now: float) -> None:
        """Begin with the minutes that are over already, a point each."""
        current = int(now) // _MINUTE * _MINUTE
        past = await self._source.minutes(current - RECALLED_MINUTES * _MINUTE)
        for start in sorted({each.start for each in past if each.start < current}):
            minute = [each for each in past if each.start == start]
            self._points.append(_point(minute, float(start + _MINUTE), float(_MINUTE)))
        if self._points:
            self._tell("points", {"points": list(self._points)})


def _gain(now: MinuteSums, before: MinuteSums | None) -> MinuteSums:
    if before is None:
        return now
    counts = {name: count - before.counts[name] for name, count in now.counts.items()}
    latency = _difference(now.latency, before.latency)
    first_token = _difference(now.first_token, before.first_token)
    return MinuteSums(now.start, now.provider, counts, latency, first_token)


def _difference(now: Sketch, before: Sketch) -> Sketch:
    counts = {place: count - before.counts.get(place, 0) for place, count in now.counts.items()}
    return Sketch({place: count for place, count in counts.items() if count > 0})


def _point(gained: list[MinuteSums], at: float, seconds: float) -> Told:
    providers = sorted({each.provider for each in gained})
    by_provider = {
        name: _shown([each for each in gained if each.provider == name]) for name in providers
    }
    busy = {name: told for name, told in by_provider.items() if told["attempts"]}
    return {"at": at, "seconds": seconds, **_shown(gained), "providers": busy}


def _shown(gained: list[MinuteSums]) -> Told:
    told: Told = {}
    for name in ("requests", "attempts", "answered", "failed", "cached", "shared", "saved"):
        told[name] = _total(gained, name)
    told["tokens"] = _total(gained, "input_tokens") + _total(gained, "output_tokens")
    told["cost_nanos"] = _total(gained, "cost_nanos")
    latency = _merged(gained, lambda each: each.latency)
    first_token = _merged(gained, lambda each: each.first_token)
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        told[name] = latency.percentile(share)
    told["first_token"] = first_token.percentile(0.5)
    return told


def _total(gained: list[MinuteSums], name: str) -> int:
    return sum(each.counts.get(name, 0) for each in gained)


def _merged(gained: list[MinuteSums], sketch_of: Callable[[MinuteSums], Sketch]) -> Sketch:
    merged = Sketch()
    for each in gained:
        merged.merge(sketch_of(each))
    return merged
