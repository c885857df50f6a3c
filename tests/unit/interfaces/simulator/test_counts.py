import asyncio
from decimal import Decimal

from turnout.interfaces.simulator.billing import Price, Tokens
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.http_request import Request


def test_requests_are_counted_by_endpoint_model_and_status() -> None:
    counts = Counts(lambda: 2)
    for status in (200, 200, 429):
        counts.answered("messages", "m", status)
    counts.bill("m", Tokens(prompt=5, cached=1, completion=2))
    counts.bill("m", Tokens(completion=1), Price(input=Decimal(1), output=Decimal(2)))
    counts.refused_handshakes = 3
    assert counts.described() == {
        "total_requests": 3,
        "requests": [
            {"endpoint": "messages", "model": "m", "status": 200, "count": 2},
            {"endpoint": "messages", "model": "m", "status": 429, "count": 1},
        ],
        "tokens": [
            {
                "model": "m",
                "prompt": 5,
                "cached": 1,
                "cache_write": 0,
                "completion": 3,
                "reasoning": 0,
            }
        ],
        "dollars": {"m": "0.000002"},
        "in_flight": 0,
        "open_connections": 2,
        "aborted_streams": 0,
        "aborted_requests": 0,
        "refused_handshakes": 3,
        "recorded": [],
    }


def test_clearing_keeps_what_is_under_way() -> None:
    counts = Counts(lambda: 0)
    counts.answered("messages", "m", 200)
    counts.in_flight = 1
    counts.clear()
    assert (counts.total_requests, counts.in_flight) == (0, 1)


def test_the_last_requests_are_recorded_without_credentials() -> None:
    counts = Counts(lambda: 0)
    headers = {b"authorization": b"Bearer k", b"x-api-key": b"k", b"accept": b"*/*"}
    for body in (b'{"n": 1}', b'{"n": 2}', b"no json", b""):
        request = Request("POST", "/v1/x", "alt=sse&key=k", headers, body)
        counts.record("x", request, keep=3)
    assert [one.body for one in counts.recorded] == [{"n": 2}, "no json", None]
    assert counts.recorded[0].path == "/v1/x?alt=sse&key=***"
    assert counts.recorded[0].headers == {
        "authorization": "***",
        "x-api-key": "***",
        "accept": "*/*",
    }


async def test_one_can_wait_for_counts() -> None:
    counts = Counts(lambda: 0)
    await counts.until(lambda now: now.total_requests == 0)
    waiting = asyncio.ensure_future(counts.until(lambda now: now.total_requests == 2))
    given_up = asyncio.ensure_future(counts.until(lambda now: False))
    await asyncio.sleep(0)
    given_up.cancel()
    counts.answered("messages", "m", 200)
    await asyncio.sleep(0)
    assert not waiting.done()
    counts.answered("messages", "m", 200)
    await waiting
