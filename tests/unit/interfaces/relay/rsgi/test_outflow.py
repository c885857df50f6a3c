"""Signs of life while a stream is silent."""

import asyncio
import socket

import pytest
from tests.fakes.rsgi import FakeProtocol

from turnout.interfaces.relay.rsgi.outflow import (
    LOOK_SECONDS,
    PING,
    WINDOW_BYTES,
    CallerStalled,
    Outflow,
)

EARLY = [("x", "early")]


def flow(protocol: FakeProtocol, *, beat_ticks: int, client: str = "127.0.0.1:1") -> Outflow:
    return Outflow(protocol, lambda: client, early_head=EARLY, beat_ticks=beat_ticks)


def sent(protocol: FakeProtocol) -> list[bytes]:
    assert protocol.transport is not None
    return protocol.transport.sent


async def test_a_silence_before_the_head_sends_an_early_one() -> None:
    protocol = FakeProtocol()
    outflow = flow(protocol, beat_ticks=2)
    outflow.tick()
    assert (outflow.has_begun, outflow.is_early) == (False, False)
    outflow.tick()
    assert (outflow.has_begun, outflow.is_early) == (True, True)
    await outflow.begin([("x", "late")])(b"word")
    assert protocol.headers == {"x": "early"}
    assert sent(protocol) == [PING, b"word"]


async def test_a_silence_after_the_head_beats_every_so_many_ticks() -> None:
    protocol = FakeProtocol()
    outflow = flow(protocol, beat_ticks=2)
    await outflow.begin([])(b"word")
    outflow.handed_bytes += 4
    for _ in range(5):
        outflow.tick()
    assert sent(protocol) == [b"word", PING, PING]
    assert not outflow.is_early


async def test_whoever_speaks_in_time_is_not_interrupted() -> None:
    protocol = FakeProtocol()
    outflow = flow(protocol, beat_ticks=2)
    send = outflow.begin([])
    for _ in range(4):
        outflow.tick()
        await send(b"word")
        outflow.handed_bytes += 4
    assert sent(protocol) == [b"word"] * 4


async def test_without_a_beat_silence_stays_silence() -> None:
    outflow = flow(FakeProtocol(), beat_ticks=0)
    for _ in range(1000):
        outflow.tick()
    assert not outflow.has_begun


async def test_who_keeps_up_is_not_waited_for() -> None:
    outflow = flow(FakeProtocol(), beat_ticks=1)
    outflow.handed_bytes = 1000
    await outflow.drained()
    assert outflow.mark_bytes == 1000 + WINDOW_BYTES


async def test_who_does_not_read_is_waited_for_without_pings_and_then_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname())
        server, (host, port) = listener.accept()
    with caller, server:
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                server.send(bytes(65536))
        protocol = FakeProtocol()
        outflow = Outflow(
            protocol,
            lambda: f"{host}:{port}",
            early_head=EARLY,
            beat_ticks=1,
            stalled_seconds=5 * LOOK_SECONDS,
        )
        outflow.begin([])
        waiting = asyncio.create_task(outflow.drained())
        await asyncio.sleep(0)
        outflow.tick()
        outflow.tick()
        with pytest.raises(CallerStalled):
            await waiting
    assert sent(protocol) == []


async def test_who_reads_again_is_waited_for_no_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname())
        server, (host, port) = listener.accept()
    with caller, server:
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                server.send(bytes(65536))
        outflow = flow(FakeProtocol(), beat_ticks=0, client=f"{host}:{port}")
        waiting = asyncio.create_task(outflow.drained())
        await asyncio.sleep(0)
        assert not waiting.done()
        caller.setblocking(False)
        while not waiting.done():
            try:
                caller.recv(1 << 20)
            except BlockingIOError:
                await asyncio.sleep(0)
        await waiting
