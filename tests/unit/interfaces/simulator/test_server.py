import asyncio
import json
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support.certificates import server_certificate

from turnout.interfaces.simulator import Profile, Simulator, run_simulators
from turnout.interfaces.simulator.script import read_script

HELLO = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


async def exchanged(simulator: Simulator, *requests: bytes) -> list[bytes]:
    """What the simulator sends back for these requests, each on its own connection, to the end."""
    answers = []
    for request in requests:
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        writer.write(request)
        answers.append(await reader.read())
        writer.close()
        await writer.wait_closed()
    return answers


def post(path: str, body: Any) -> bytes:
    data = json.dumps(body).encode()
    lines = f"POST {path} HTTP/1.1", "Host: a", "Connection: close", f"Content-Length: {len(data)}"
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()


def requests() -> list[bytes]:
    """One of each kind, several times, so that the dice fall often."""
    message = {**HELLO, "max_tokens": 30}
    contents = {"contents": [{"parts": [{"text": "hi"}]}]}
    kinds = [
        post("/v1/chat/completions", HELLO),
        post("/v1/chat/completions", {**HELLO, "stream": True}),
        post("/v1/messages", message),
        post("/v1/messages", {**message, "stream": True}),
        post("/v1beta/models/m:generateContent", contents),
        post("/v1beta/models/m:streamGenerateContent?alt=sse", contents),
        post("/v1/embeddings", {"model": "m", "input": "a", "dimensions": 2}),
        get("/v1/models"),
    ]
    return kinds * 4


async def test_the_same_seed_and_requests_give_the_same_bytes() -> None:
    kinds = ("server_error", "rate_limited", "malformed_event", "no_done", "cut_after_tokens=2")
    profile = Profile(seed=5, error_rate=0.5, error_kinds=kinds)
    answers = []
    for seed in (5, 5, 6):
        profile = Profile(seed=seed, error_rate=0.5, error_kinds=kinds)
        async with Simulator(profile, now=lambda: 0.0) as simulator:
            answers.append(await exchanged(simulator, *requests()))
            simulator.reset()
            assert await exchanged(simulator, *requests()) == answers[-1]
    assert answers[0] == answers[1] != answers[2]
    assert all(answer.startswith(b"HTTP/1.1 ") for answer in answers[0])


async def test_the_profile_changes_for_the_requests_that_come_after() -> None:
    async with Simulator(Profile(name="alpha")) as simulator:
        [before] = await exchanged(simulator, post("/v1/chat/completions", HELLO))
        simulator.profile = Profile(name="beta", error_rate=1)
        [after] = await exchanged(simulator, post("/v1/chat/completions", HELLO))
    assert b"alpha" in before
    assert after.startswith(b"HTTP/1.1 500 ")


async def test_admin_requests_are_answered_and_not_counted() -> None:
    async with Simulator(Profile(record=5)) as simulator:
        shown, unknown = await exchanged(simulator, get("/simulator/counts"), get("/nowhere"))
        counts = simulator.counts
    assert b'"total_requests":0' in shown
    assert unknown.startswith(b"HTTP/1.1 404 ")
    assert counts.requests == {("unknown", "", 404): 1}
    assert list(counts.recorded) == []


async def test_stopping_closes_connections_and_ends_what_is_under_way() -> None:
    simulator = Simulator(Profile(error_rate=1, error_kinds=("silent",)))
    async with simulator:
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        writer.write(post("/v1/chat/completions", HELLO))
        await simulator.counts.until(lambda counts: counts.in_flight == 1)
    assert await reader.read() == b""
    assert (simulator.counts.in_flight, simulator.counts.open_connections) == (0, 0)
    writer.close()
    await simulator.stop()


async def test_several_run_until_cancelled() -> None:
    ready: asyncio.Future[Sequence[Simulator]] = asyncio.get_running_loop().create_future()
    profiles = [Profile(name="alpha"), Profile(name="beta")]
    running = asyncio.ensure_future(run_simulators(profiles, ready.set_result))
    simulators = await ready
    assert len({simulator.base_url for simulator in simulators}) == 2
    for simulator, profile in zip(simulators, profiles, strict=True):
        [answer] = await exchanged(simulator, post("/v1/chat/completions", HELLO))
        assert profile.name.encode() in answer
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(ConnectionRefusedError):
        await exchanged(simulators[0], get("/v1/models"))


async def test_ports_follow_one_another() -> None:
    async with Simulator() as probe:
        taken = probe.port
        with pytest.raises(OSError, match=str(taken)):
            await run_simulators([Profile()], lambda _: None, first_port=taken)


def test_addresses_of_ipv6_are_bracketed() -> None:
    assert Simulator(host="::1", port=80).base_url == "http://[::1]:80"


SCRIPT = {
    "repeat": True,
    "phases": [
        {"faults": "overloaded", "requests": 2},
        {"requests": 1},
        {"name": "pause", "faults": "server_error", "seconds": 5},
    ],
}


async def test_a_script_holds_request_by_request_and_begins_anew_on_reset() -> None:
    time = [100.0]
    async with Simulator(now=lambda: time[0]) as simulator:
        simulator.play(read_script(SCRIPT))
        asked = [post("/v1/chat/completions", HELLO)] * 4
        assert statuses(await exchanged(simulator, *asked)) == [503, 503, 200, 500]
        time[0] = 105.0
        assert statuses(await exchanged(simulator, asked[0])) == [503]
        simulator.reset()
        assert statuses(await exchanged(simulator, *asked)) == [503, 503, 200, 500]
        simulator.play(None)
        assert statuses(await exchanged(simulator, asked[0])) == [200]


async def test_scripts_are_deterministic_by_seed() -> None:
    kinds = ["server_error", "rate_limited", "malformed_event"]
    script = read_script({"phases": [{"faults": kinds, "share": 0.5}]})
    answers = []
    for _ in range(2):
        async with Simulator(Profile(seed=7), now=lambda: 0.0) as simulator:
            simulator.play(script)
            answers.append(await exchanged(simulator, *requests()))
    assert answers[0] == answers[1]
    assert len(set(statuses(answers[0]))) == 3


async def test_hanging_up_closes_connections_and_goes_on_listening() -> None:
    async with Simulator() as simulator:
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        writer.write(post("/v1/chat/completions", HELLO).replace(b"Connection: close\r\n", b""))
        await reader.readuntil(b"\r\n\r\n")
        await simulator.hang_up()
        with suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        assert statuses(await exchanged(simulator, post("/v1/chat/completions", HELLO))) == [200]


async def test_handshakes_are_refused_without_a_certificate() -> None:
    async with Simulator() as simulator:
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection(simulator.host, simulator.port, ssl=True)
        assert simulator.counts.refused_handshakes == 1


async def test_handshakes_fail_while_the_script_says_so(tmp_path: Path) -> None:
    certificate = server_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate.ca_file))
    async with Simulator(tls=certificate.context) as simulator:
        assert simulator.base_url.startswith("https://")
        phases = [{"faults": "tls_failure", "requests": 2}, {}]
        simulator.play(read_script({"phases": phases}))
        for _ in range(2):
            with pytest.raises(OSError, check=_breaks_off):
                await asyncio.open_connection(simulator.host, simulator.port, ssl=trusting)
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port, ssl=trusting)
        writer.write(post("/v1/chat/completions", HELLO))
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()
        assert simulator.counts.refused_handshakes == 2


def _breaks_off(error: OSError) -> bool:
    return isinstance(error, (ssl.SSLError, ConnectionResetError))


def statuses(answers: list[bytes]) -> list[int]:
    return [int(answer.split(b" ")[1]) for answer in answers]
