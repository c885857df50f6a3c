"""The data plane behind Granian, on real sockets, with the official client and hostile ones."""

import asyncio
import gc
import json
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from tests.fakes.relay import FakeAdmission, FakeModel, Silence
from tests.support.data_plane import FakeUseCases, serving

from turnout.application.relay.answers import UnknownModel
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    EmbeddingReply,
    Finish,
    FinishKind,
    NativeFrame,
    NativeReply,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.rsgi.in_flight import InFlight, Ticket

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20
CHAT = "/v1/chat/completions"
HI: list[Any] = [{"role": "user", "content": "hi"}]
STOP = ChoiceFinished(Finish(FinishKind.STOP, "stop"))
WHOLE = NativeReply(
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4","choices":[{'
    b'"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}',
    "gpt-4",
    None,
)


def frame(text: str) -> NativeFrame:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4"}
    return NativeFrame(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode(), True)


DONE = NativeFrame(b"data: [DONE]\n\n", False)


@pytest.fixture(scope="module", autouse=True)
def _threads_of_the_server_end() -> Iterator[None]:
    """The embedded server's threads abort the process if they outlive the interpreter."""
    yield
    time.sleep(0.5)


@pytest.fixture
def use_cases() -> FakeUseCases:
    return FakeUseCases()


@asynccontextmanager
async def client_of(port: int, key: str = "secret") -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        api_key=key, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0
    ) as client:
        yield client


async def within(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), PATIENCE_SECONDS)


async def test_the_official_client_gets_a_whole_answer(use_cases: FakeUseCases) -> None:
    use_cases.chat.answer = WHOLE
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        raw = await client.chat.completions.with_raw_response.create(model="gpt-4", messages=HI)
        assert raw.parse().choices[0].message.content == "hello"
        assert raw.headers["x-turnout-provider"] == "openai"
        assert raw.headers["x-turnout-request-id"] == "req_relay"


async def test_the_official_client_gets_a_translated_stream(use_cases: FakeUseCases) -> None:
    usage = UsageReported(TokenUsage(1, 2))
    use_cases.chat.script = [TextDelta("hel"), TextDelta("lo"), STOP, usage]
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        stream = await client.chat.completions.create(
            model="gpt-4", messages=HI, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == "hello"
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 3


async def test_a_native_stream_goes_through_byte_for_byte(use_cases: FakeUseCases) -> None:
    frames = [NativeFrame(b": a comment\r\n\r\n", False), frame("a"), frame("b"), DONE]
    use_cases.chat.script = frames
    async with serving(use_cases.plane()) as port, httpx.AsyncClient() as client:
        call = {"model": "gpt-4", "messages": HI, "stream": True}
        answered = await client.post(f"http://127.0.0.1:{port}{CHAT}", json=call)
    assert answered.content == b"".join(frame.data for frame in frames)


async def test_a_stream_begins_before_its_first_token_where_that_takes_long(
    use_cases: FakeUseCases,
) -> None:
    use_cases.chat.opening, silence = Silence(), Silence()
    use_cases.chat.script = [TextDelta("hel"), silence, TextDelta("lo"), STOP]
    beating = use_cases.plane(in_flight=InFlight(tick_seconds=0.01), heartbeat_seconds=0.02)
    async with serving(beating) as port, client_of(port) as client:
        stream = await client.chat.completions.create(model="gpt-4", messages=HI, stream=True)
        assert stream.response.headers["x-turnout-request-id"] == "req_1"
        use_cases.chat.opening.set()
        first = await anext(stream)
        await within(use_cases.chat.waiting)
        silence.set()
        chunks = [first, *[chunk async for chunk in stream]]
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "hello"
    told = chunks[-1].model_extra
    assert told is not None and told["x_turnout"]["provider"] == "openai"


async def test_a_failure_after_an_early_head_is_an_exception_of_the_official_client(
    use_cases: FakeUseCases,
) -> None:
    use_cases.chat.opening = Silence()
    use_cases.chat.answer = ProviderFailure(FailureKind.OVERLOADED, "busy")
    beating = use_cases.plane(in_flight=InFlight(tick_seconds=0.01), heartbeat_seconds=0.02)
    async with serving(beating) as port, client_of(port) as client:
        stream = await client.chat.completions.create(model="gpt-4", messages=HI, stream=True)
        use_cases.chat.opening.set()
        with pytest.raises(openai.APIError, match="busy"):
            await anext(stream)


async def test_the_first_piece_arrives_before_the_second_exists(use_cases: FakeUseCases) -> None:
    silence = Silence()
    use_cases.chat.script = [frame("first"), silence, frame("second"), DONE]
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        stream = await client.chat.completions.create(model="gpt-4", messages=HI, stream=True)
        first = await asyncio.wait_for(anext(stream), PATIENCE_SECONDS)
        assert first.choices[0].delta.content == "first"
        silence.set()
        assert [chunk.choices[0].delta.content async for chunk in stream] == ["second"]


async def test_a_cut_stream_is_an_error_to_the_official_client(use_cases: FakeUseCases) -> None:
    cut = ProviderFailure(FailureKind.STREAM_BROKEN, "the connection was cut")
    use_cases.chat.script = [TextDelta("hel"), cut]
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        stream = await client.chat.completions.create(model="gpt-4", messages=HI, stream=True)
        with pytest.raises(openai.APIError, match="the connection was cut"):
            async for _ in stream:
                pass


async def test_a_stream_that_broke_ends_at_once(use_cases: FakeUseCases) -> None:
    """Also while somebody keeps the failure, and with it the frames that it went through."""
    cut = ProviderFailure(FailureKind.STREAM_BROKEN, "the connection was cut")
    use_cases.chat.script = (frame("hel"), cut)
    body = {"model": "gpt-4", "messages": HI, "stream": True}
    async with serving(use_cases.plane()) as port, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"http://127.0.0.1:{port}{CHAT}", json=body, timeout=PATIENCE_SECONDS
        )
    assert cut.__traceback__ is not None
    assert b"stream_broken" in answer.content


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UnknownModel(RequestId("r"), "gpt-5", ("gpt-4",)), openai.NotFoundError),
        (ProviderFailure(FailureKind.RATE_LIMITED, "slow down"), openai.RateLimitError),
        (ProviderFailure(FailureKind.BAD_REQUEST, "no"), openai.BadRequestError),
        (ProviderFailure(FailureKind.AUTH, "no"), openai.InternalServerError),
    ],
)
async def test_errors_have_the_official_clients_classes(
    use_cases: FakeUseCases, error: Exception, expected: type[Exception]
) -> None:
    use_cases.chat.answer = error
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        with pytest.raises(expected):
            await client.chat.completions.create(model="gpt-5", messages=HI)


async def test_keys_are_checked(use_cases: FakeUseCases) -> None:
    use_cases.admission = FakeAdmission("secret")
    use_cases.chat.answer = WHOLE
    async with serving(use_cases.plane()) as port:
        async with client_of(port) as client:
            await client.chat.completions.create(model="gpt-4", messages=HI)
        async with client_of(port, "wrong") as client:
            with pytest.raises(openai.AuthenticationError):
                await client.chat.completions.create(model="gpt-4", messages=HI)


async def test_embeddings_and_models(use_cases: FakeUseCases) -> None:
    use_cases.embeddings.answer = EmbeddingReply("e", ((0.5, -1.0),), TokenUsage(3))
    use_cases.models = [FakeModel("default", "chain"), FakeModel("openai/gpt-4")]
    async with serving(use_cases.plane()) as port, client_of(port) as client:
        vectors = await client.embeddings.create(model="e", input=["a"])
        assert vectors.data[0].embedding == [0.5, -1.0]
        assert [model.id async for model in client.models.list()] == ["default", "openai/gpt-4"]
        assert (await client.models.retrieve("openai/gpt-4")).id == "openai/gpt-4"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("openai/gpt-5")


@pytest.mark.parametrize("announced", [True, False])
async def test_too_long_a_body_is_told_to_a_client_that_sends_it_all(
    use_cases: FakeUseCases, announced: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    content = b"x" * 3_000_000 if announced else pieces()
    async with serving(use_cases.plane()) as port, httpx.AsyncClient() as client:
        answered = await client.post(f"http://127.0.0.1:{port}{CHAT}", content=content)
    assert answered.status_code == 413
    assert answered.json()["error"]["code"] == "request_too_large"


def call(**fields: Any) -> bytes:
    body = json.dumps({"model": "gpt-4", "messages": HI, **fields}).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_hang_up_before_the_answer_ends_the_wait(
    use_cases: FakeUseCases, streamed: bool
) -> None:
    use_cases.chat.answer = Silence()
    use_cases.chat.script = [Silence()]
    plane = use_cases.plane()
    async with serving(plane) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(call(stream=streamed))
        await within(use_cases.chat.waiting if streamed else use_cases.chat.reached)
        writer.close()
        await within(use_cases.chat.left)
    assert len(plane.in_flight) == 0


async def test_a_hang_up_inside_a_stream_ends_it(use_cases: FakeUseCases) -> None:
    use_cases.chat.script = [frame("a"), Silence()]
    plane = use_cases.plane()
    async with serving(plane) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(call(stream=True))
        await reader.readuntil(b'"content": "a"')
        writer.close()
        await within(use_cases.chat.left)
    assert len(plane.in_flight) == 0


async def test_a_hang_up_is_noticed_on_a_connection_that_served_before(
    use_cases: FakeUseCases,
) -> None:
    async with serving(use_cases.plane(in_flight=InFlight(tick_seconds=0.005))) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            use_cases.chat.answer = NativeReply(b'{"end":1}', None, None)
            writer.write(call())
            await reader.readuntil(b'{"end":1}')
        use_cases.chat.answer = Silence()
        use_cases.chat.reached.clear()
        writer.write(call())
        await within(use_cases.chat.reached)
        assert not use_cases.chat.left.is_set()
        writer.close()
        await within(use_cases.chat.left)


async def test_sixty_watched_streams_are_all_whole_and_nothing_is_left() -> None:
    before = tickets_alive()
    use_cases = FakeUseCases()
    gates = [Silence() for _ in range(4)]
    steps = [step for gate in gates for step in (frame("a"), gate)]
    use_cases.chat.script = [*steps, frame("end"), DONE]
    plane = use_cases.plane(in_flight=InFlight(tick_seconds=0.002))

    async def one(client: httpx.AsyncClient, port: int) -> bytes:
        content = {"model": "gpt-4", "messages": HI, "stream": True}
        return (await client.post(f"http://127.0.0.1:{port}{CHAT}", json=content)).content

    async with serving(plane) as port, httpx.AsyncClient(timeout=None) as client:
        streams = [asyncio.create_task(one(client, port)) for _ in range(60)]
        for gate in gates:
            await asyncio.sleep(0.05)  # many ticks, each with every stream open
            gate.set()
        bodies = await asyncio.gather(*streams)
    expected = b"".join(step.data for step in [*[frame("a")] * 4, frame("end"), DONE])
    assert [body == expected for body in bodies] == [True] * 60
    assert len(plane.in_flight) == 0
    assert tickets_alive() == before


def tickets_alive() -> int:
    gc.collect()
    return sum(type(thing) is Ticket for thing in gc.get_objects())


async def test_hostile_callers_get_no_500_and_stop_nobody(use_cases: FakeUseCases) -> None:
    chance = random.Random(7)
    good = call(stream=True, n=1)
    lengths = (b"content-length: 0", b"content-length: 7", b"transfer-encoding: chunked")
    inputs = [
        b"",
        b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"PRI * HTTP/2.0",
    ]
    inputs += [b"POST /v1/embeddings HTTP/1.1\r\nhost: x\r\n%b\r\n\r\n{}" % it for it in lengths]
    for _ in range(300):
        damaged = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        inputs.append(bytes(damaged[: chance.randint(1, len(damaged) * 2)]))
    async with serving(use_cases.plane()) as port:
        statuses = {await status_of(port, each) for each in inputs}
        assert statuses & {400} and all(status is None or status < 500 for status in statuses)
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200


async def status_of(port: int, data: bytes) -> int | None:
    """Send, say no more, and return the status of the answer, if one comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        line = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
        return int(line.split()[1]) if line.startswith(b"HTTP/1") else None
    except OSError:
        return None
    finally:
        writer.close()


@asynccontextmanager
async def program(drain_seconds: float) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Start the server as a process of its own; gives it and its port."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        port: int = reserved.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.drained_server", str(port), str(drain_seconds),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"started\n"
            await until(port, refusing=False)
            yield process, port
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def until(port: int, *, refusing: bool) -> None:
    """Try to connect until it is refused, or until it is not."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await refuses(port) is refusing:
                return
            await asyncio.sleep(0.01)


async def refuses(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_stream_under_way_is_finished_after_sigterm() -> None:
    async with program(drain_seconds=60) as (process, port), client_of(port) as client:
        stream = await client.chat.completions.create(
            model="until-released", messages=HI, stream=True
        )
        async for chunk in stream:
            if chunk.choices[0].delta.content == "waiting":
                break
        other_reader, other = await asyncio.open_connection("127.0.0.1", port)
        other.write(call(model="release")[:-1])  # all but the last byte: a request under way
        await other.drain()
        await client.models.list()  # accepted later, and answered: so the other one is under way
        process.send_signal(signal.SIGTERM)
        await until(port, refusing=True)
        other.write(b"}")
        assert (await other_reader.readline()).startswith(b"HTTP/1.1 200")
        rest = [chunk.choices[0].delta.content async for chunk in stream]
        assert rest[0] == "released"
        other.close()
        assert process.stdout is not None
        assert await process.stdout.read() == b"stopped\n"
        assert await process.wait() == 0


async def test_what_outlives_the_drain_ends_with_an_error() -> None:
    async with program(drain_seconds=0.3) as (process, port), httpx.AsyncClient(timeout=None) as c:
        url = f"http://127.0.0.1:{port}{CHAT}"
        content = {"model": "for-ever", "messages": HI}
        whole = asyncio.create_task(c.post(url, json=content))
        async with c.stream("POST", url, json={**content, "stream": True}) as stream:
            pieces = stream.aiter_bytes()
            assert b"waiting" in await anext(pieces)
            process.send_signal(signal.SIGTERM)
            rest = b"".join([piece async for piece in pieces])
        assert b'"code":"shutting_down"' in rest
        assert b"[DONE]" not in rest
        answered = await whole
        assert answered.status_code == 503
        assert answered.json()["error"]["code"] == "shutting_down"
        assert await process.wait() == 0
