"""SharedLimits: a LimitStore that replicas share; each request costs one round trip.

Rates are kept as GCRA's one number, by the server's own clock, places as a sorted set of those who
have one and until when. What is given back goes out together, at once and beside the requests.
"""

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from redis.asyncio import Redis

from turnout.application.ports.limit_store import FREE, Counter, Measure, Verdict
from turnout.application.ports.system import Clock
from turnout.domain.governance.rate_limit import Gcra
from turnout.domain.inference.metering import Remaining
from turnout.infrastructure.valkey.link import SharedStateAway, ValkeyLink

logger = logging.getLogger(__name__)
PLACE_SECONDS = 60.0
"""How long a place is kept for a process that does not say that it is still there."""
RENEW_SECONDS = 15.0
MOST_WAITING = 100_000
"""So many changes wait for a server that is away; more are forgotten: rates recover by time."""

_SCRIPT = """
-- KEYS: one for each counter. ARGV: the request, the least seconds that a place is kept, then for
-- each counter its kind (r rate, p place), its limit and its units.
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local request, keep = ARGV[1], tonumber(ARGV[2])
local refused, wait = 0, 0
local tats = {}
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[3 * i], tonumber(ARGV[3 * i + 1])
  local units = tonumber(ARGV[3 * i + 2])
  if kind == 'p' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if refused == 0 and redis.call('ZCARD', key) >= limit then refused, wait = i, 1 end
  else
    local tat = math.max(tonumber(redis.call('GET', key) or '0'), now)
    tats[i] = tat
    local interval = 60 / limit
    local over = tat - now + math.min(units, limit) * interval - 60
    if refused == 0 and over > interval / 2 then refused, wait = i, over end
  end
end
local told = {refused, tostring(wait), tostring(now)}
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[3 * i], tonumber(ARGV[3 * i + 1])
  local units = tonumber(ARGV[3 * i + 2])
  if kind == 'p' then
    if refused == 0 then
      redis.call('ZADD', key, now + keep, request)
      redis.call('PEXPIRE', key, math.ceil(keep * 1000))
    end
    told[3 + i] = '0'
  else
    local tat = tats[i]
    if refused == 0 then
      tat = tat + math.min(units, limit) * 60 / limit
      local text = string.format('%.17g', tat)
      redis.call('SET', key, text, 'PX', math.ceil((tat - now) * 1000) + 1000)
    end
    told[3 + i] = string.format('%.17g', tat)
  end
end
return told
"""
_SHIFT = """
-- KEYS: rates. ARGV: for each its limit and the units to take, which may be less than 0.
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
for i, key in ipairs(KEYS) do
  local limit, units = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local tat = math.max(tonumber(redis.call('GET', key) or '0'), now) + units * 60 / limit
  if tat > now then
    local text = string.format('%.17g', tat)
    redis.call('SET', key, text, 'PX', math.ceil((tat - now) * 1000) + 1000)
  else
    redis.call('DEL', key)
  end
end
"""


class SharedLimits:
    """While the server is away every request passes: `unchecked` counts them."""

    def __init__(self, link: ValkeyLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._shifts: dict[tuple[str, int], int] = {}
        self._left: list[tuple[str, str]] = []
        self._places: dict[tuple[str, str], None] = {}
        self._sending: asyncio.Task[None] | None = None
        self._warned = False
        self._renewed = clock.monotonic_seconds()
        self.unchecked = 0

    def take(self, counters: Sequence[Counter], tokens: int, request: str) -> Awaitable[Verdict]:
        """Ask the server, in one round trip for all counters."""
        return self._take(counters, tokens, request)

    def settle(self, counters: Sequence[Counter], *, used: int, reserved: int) -> None:
        """Count `used` tokens for the `reserved` ones that were taken."""
        for counter in counters:
            if counter.measure is Measure.TOKENS:
                key = (self._key(counter), counter.limit)
                units = used - min(reserved, counter.limit)
                if units and (key in self._shifts or len(self._shifts) < MOST_WAITING):
                    self._shifts[key] = self._shifts.get(key, 0) + units
        self._send_soon()

    def leave(self, counters: Sequence[Counter], request: str) -> None:
        """Give the places of `request` back."""
        for counter in counters:
            if counter.measure is Measure.CONCURRENT:
                place = (self._key(counter), request)
                self._places.pop(place, None)
                if len(self._left) < MOST_WAITING:
                    self._left.append(place)
        self._send_soon()

    async def tend(self) -> None:
        """Say that who has a place still needs it, and send what could not be sent; again and
        again beside the requests. Raises SharedStateAway."""
        if self._shifts or self._left:
            self._send_soon()
        now = self._clock.monotonic_seconds()
        if self._places and now - self._renewed >= RENEW_SECONDS:
            self._renewed = now
            until = self._clock.epoch_seconds() + PLACE_SECONDS
            places = list(self._places)

            async def renew(client: Redis) -> None:
                pipeline = client.pipeline(transaction=False)
                for key, request in places:
                    pipeline.zadd(key, {request: until})
                    pipeline.pexpire(key, int(PLACE_SECONDS * 1000))
                await pipeline.execute()

            await self._link.ask(renew)

    async def idle(self) -> None:
        """Wait until what is being sent has arrived, or cannot."""
        if self._sending is not None:
            await asyncio.shield(self._sending)

    async def _take(self, counters: Sequence[Counter], tokens: int, request: str) -> Verdict:
        keys = [self._key(counter) for counter in counters]
        values: list[str | int | float] = [request, PLACE_SECONDS]
        for counter in counters:
            kind = "p" if counter.measure is Measure.CONCURRENT else "r"
            units = tokens if counter.measure is Measure.TOKENS else 1
            values += (kind, counter.limit, units)
        try:
            told = await self._link.ask(lambda client: _run(client, _SCRIPT, keys, values))
        except SharedStateAway:
            return self._unchecked()
        self._warned = False
        refused, wait, now, *tats = told
        if not refused:
            for key, counter in zip(keys, counters, strict=True):
                if counter.measure is Measure.CONCURRENT:
                    self._places[key, request] = None
        standing = [
            (counter, Gcra(counter.limit, float(tat)))
            for counter, tat in zip(counters, tats, strict=True)
        ]
        return Verdict(
            counters[int(refused) - 1] if refused else None,
            float(wait),
            _tightest(standing, Measure.REQUESTS, float(now)),
            _tightest(standing, Measure.TOKENS, float(now)),
        )

    def _unchecked(self) -> Verdict:
        self.unchecked += 1
        if not self._warned:
            self._warned = True
            logger.warning("rate limits are not checked while the shared state is away")
        return FREE

    def _key(self, counter: Counter) -> str:
        return self._link.key("limit", counter.measure.value, counter.owner)

    def _send_soon(self) -> None:
        if (self._shifts or self._left) and self._sending is None:
            self._sending = asyncio.create_task(self._send(), name="giving limits back")
            self._sending.add_done_callback(self._sent)

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self._sending = None

    async def _send(self) -> None:
        """Send all that is waiting; what does not arrive waits on."""
        while self._shifts or self._left:
            shifts, self._shifts = self._shifts, {}
            left, self._left = self._left, []
            try:
                await self._link.ask(lambda client: _give(client, shifts, left))  # noqa: B023
            except SharedStateAway:
                self._left = left + self._left
                for key, units in shifts.items():
                    self._shifts[key] = self._shifts.get(key, 0) + units
                return


async def _run(
    client: Redis, script: str, keys: Sequence[str], values: Sequence[str | int | float]
) -> list[bytes]:
    found: list[bytes] = await client.register_script(script)(keys=keys, args=values)
    return found


async def _give(
    client: Redis, shifts: dict[tuple[str, int], int], left: Sequence[tuple[str, str]]
) -> None:
    pipeline = client.pipeline(transaction=False)
    for (key, limit), units in shifts.items():
        pipeline.eval(_SHIFT, 1, key, limit, units)
    for key, request in left:
        pipeline.zrem(key, request)
    await pipeline.execute()


def _tightest(
    standing: Sequence[tuple[Counter, Gcra]], measure: Measure, now: float
) -> Remaining | None:
    rates = [rate for counter, rate in standing if counter.measure is measure]
    if not rates:
        return None
    rate = min(rates, key=lambda each: each.left(now))
    return Remaining(rate.limit, rate.left(now), rate.reset_seconds(now))
