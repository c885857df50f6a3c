import asyncio

import pytest
from tests.support.clients import MODEL, SECRET, served, told
from tests.support.gateways import chat_request
from tests.support.upstream import HANG_UP, streamed, whole

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, NativeReply
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.headroom import Bucket, Headroom

ANSWER = (
    b'{"model":"gpt-x","choices":[{"finish_reason":"stop","message":{"content":"Hi"}}],'
    b'"usage":{"prompt_tokens":3,"completion_tokens":2}}'
)
HELLO = b'data: {"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
STOP = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
WHOLE, STREAM = chat_request(), chat_request(stream=True)


async def test_a_whole_answer() -> None:
    async with served(whole(200, ANSWER), "/v1") as (server, p):
        answered = await p.chat.complete(WHOLE, MODEL)
    assert answered.reply == NativeReply(ANSWER, "gpt-x", TokenUsage(3, 2))
    assert answered.waited_seconds > 0
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
    assert asked.body == b'{"model":"upstream/m"}'
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["content-type"] == "application/json"


async def test_a_streamed_answer() -> None:
    script = streamed(HELLO[:20], HELLO[20:] + STOP, DONE)
    async with served(script, "/v1") as (server, p):
        events, failure = await told(p, STREAM)
    assert failure is None
    assert [e.data for e in events if isinstance(e, NativeFrame)] == [HELLO, STOP, DONE]
    assert server.asked[0].target == "/v1/chat/completions"
    assert server.asked[0].headers["accept"] == "text/event-stream"


async def test_the_wait_for_a_streams_head_is_told() -> None:
    async with served(streamed(HELLO)) as (_, p), p.chat.stream(STREAM, MODEL) as streaming:
        assert streaming.waited_seconds > 0


async def test_what_is_left_of_a_limit_is_told() -> None:
    limits = [("x-ratelimit-limit-requests", "10"), ("x-ratelimit-remaining-requests", "7")]
    expected = Headroom(requests=Bucket(10, 7, 60))
    async with served(whole(200, ANSWER, limits)) as (_, p):
        answered = await p.chat.complete(WHOLE, MODEL)
    assert answered.headroom is not None
    assert answered.headroom(0.0) == expected
    async with (
        served(streamed(HELLO, headers=limits)) as (_, p),
        p.chat.stream(STREAM, MODEL) as streaming,
    ):
        assert streaming.headroom is not None
        assert streaming.headroom(0.0) == expected


async def test_events_come_as_soon_as_they_are_there() -> None:
    more = asyncio.Event()
    script = streamed(HELLO, more, STOP, DONE)
    async with served(script) as (_, p), p.chat.stream(STREAM, MODEL) as streaming:
        first = await anext(streaming.events)
        assert isinstance(first, NativeFrame)
        assert first.data == HELLO
        more.set()
        assert len([event async for event in streaming.events]) == 2


async def test_leaving_a_stream_closes_its_connection() -> None:
    script = streamed(HELLO, asyncio.Event())
    async with served(script) as (server, p):
        async with p.chat.stream(STREAM, MODEL) as streaming:
            await anext(streaming.events)
            assert not server.left.is_set()
        async with asyncio.timeout(5):
            await server.left.wait()


@pytest.mark.parametrize("streams", [False, True])
async def test_an_error_answer_is_classified_and_tells_when_to_come_back(streams: bool) -> None:
    body = b'{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}'
    script = whole(429, body, [("Retry-After", "7")])
    async with served(script) as (_, p):
        with pytest.raises(ProviderFailure, match=r"Slow down\.") as caught:
            if streams:
                async with p.chat.stream(STREAM, MODEL):
                    pass
            else:
                await p.chat.complete(WHOLE, MODEL)
    failure = caught.value
    assert (failure.kind, failure.status) == (FailureKind.RATE_LIMITED, 429)
    assert failure.retry_after_seconds == 7
    assert failure.raw == body


async def test_a_success_never_asks_to_come_back_later() -> None:
    script = whole(200, b"{}", [("Retry-After", "7")])
    async with served(script) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            await p.chat.complete(WHOLE, MODEL)
    assert (caught.value.kind, caught.value.retry_after_seconds) == (FailureKind.MALFORMED, None)


@pytest.mark.parametrize("streams", [False, True])
async def test_a_secret_that_a_provider_repeats_is_masked(streams: bool) -> None:
    body = f'{{"error":{{"message":"Incorrect API key provided: {SECRET}"}}}}'.encode()
    async with served(whole(401, body)) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            if streams:
                async with p.chat.stream(STREAM, MODEL):
                    pass
            else:
                await p.chat.complete(WHOLE, MODEL)
    assert caught.value.message == "Incorrect API key provided: ***"
    assert SECRET.encode() not in caught.value.raw


@pytest.mark.parametrize("first", [1, 5, 30])
async def test_events_are_known_by_their_look_where_they_are_called_json(first: int) -> None:
    answer = HELLO + STOP + DONE
    script = streamed(answer[:first], answer[first:], content_type="application/json")
    async with served(script, "/v1") as (_, p):
        events, failure = await told(p, STREAM)
    assert failure is None
    assert [e.data for e in events if isinstance(e, NativeFrame)] == [HELLO, STOP, DONE]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (ANSWER, "application/json", FailureKind.MALFORMED),
        (b'{"error":{"message":"busy","code":429}}', "application/json", FailureKind.RATE_LIMITED),
        (b"<html></html>", "text/html; charset=utf-8", FailureKind.MALFORMED),
    ],
)
async def test_a_whole_body_in_place_of_a_stream_fails(
    body: bytes, content_type: str, kind: FailureKind
) -> None:
    script = whole(200, body, [("Content-Type", content_type)])
    async with served(script) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            async with p.chat.stream(STREAM, MODEL):
                pass
    assert caught.value.kind is kind


async def test_json_that_is_too_deep_is_malformed() -> None:
    deep = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    async with served(whole(200, deep)) as (_, p):
        with pytest.raises(ProviderFailure, match="nested too deeply") as caught:
            await p.chat.complete(WHOLE, MODEL)
    assert caught.value.kind is FailureKind.MALFORMED


async def test_nobody_there_is_a_transport_failure() -> None:
    async with served(()) as (server, p):
        server.stop_listening()
        with pytest.raises(ProviderFailure) as caught:
            await p.chat.complete(WHOLE, MODEL)
    assert caught.value.kind is FailureKind.TRANSPORT


async def test_an_answer_that_breaks_off_is_a_transport_failure() -> None:
    (answer,) = whole(200, ANSWER)
    assert isinstance(answer, bytes)
    async with served((answer[:-9], HANG_UP)) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            await p.chat.complete(WHOLE, MODEL)
    assert caught.value.kind is FailureKind.TRANSPORT
