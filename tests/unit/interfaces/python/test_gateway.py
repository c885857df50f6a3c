from contextlib import aclosing

import pytest
from tests.fakes.relay import FakeChatRelay, FakeEmbeddingRelay
from tests.support.in_process import FakeInProcess

from turnout.domain.inference.capability import Capability
from turnout.domain.inference.content import TextPart
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    Choice,
    ChoiceFinished,
    EmbeddingReply,
    Finish,
    FinishKind,
    NativeFrame,
    NativeReply,
    Reply,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.errors import DomainError

NATIVE = NativeReply(b'{"choices":[{"message":{"content":"hi"}}]}', "gpt-4", None)
STOP = Finish(FinishKind.STOP, "end_turn")


async def test_a_text_is_a_users_message_and_fields_are_openais() -> None:
    chat = FakeChatRelay(answer=NATIVE)
    gateway = await FakeInProcess(chat=chat).gateway()
    answer = await gateway.complete("hello", temperature=0.5, stream=True)
    assert (answer.text, answer.provider) == ("hi", "openai")
    (request,) = chat.requests
    assert (request.model, request.stream) == ("default", False)
    body = request.body_for("m")
    assert b'"messages":[{"role":"user","content":"hello"}]' in body
    assert b'"temperature":0.5' in body
    assert [grant.key_name for grant in chat.grants] == ["in-process"]


async def test_messages_go_as_they_are() -> None:
    chat = FakeChatRelay(answer=NATIVE)
    gateway = await FakeInProcess(chat=chat).gateway()
    await gateway.complete([{"role": "system", "content": "be brief"}], model="north/large")
    (request,) = chat.requests
    assert request.model == "north/large"
    assert b'[{"role":"system","content":"be brief"}]' in request.body_for("north/large")


async def test_calls_tell_what_may_be_shared_of_them() -> None:
    chat = FakeChatRelay(answer=NATIVE)
    gateway = await FakeInProcess(chat=chat).gateway()
    for _ in range(2):
        await gateway.complete("hello", temperature=0)
    sharings = [request.sharing() for request in chat.requests if request.sharing is not None]
    assert [(each.repeatable, each.form) for each in sharings] == [(True, "whole")] * 2
    assert len({each.fingerprint() for each in sharings}) == 1


async def test_a_translated_answer_has_openais_shape() -> None:
    reply = Reply("msg_1", "claude", (Choice((TextPart("hi"),), STOP),), None)
    gateway = await FakeInProcess(chat=FakeChatRelay(answer=reply)).gateway()
    answer = await gateway.complete("hello")
    assert (answer.text, answer.finish_reason) == ("hi", "stop")
    assert answer.body["object"] == "chat.completion"


async def test_translated_events_become_chunks() -> None:
    script: list[ReplyEvent] = [
        ReplyStarted("msg_1", "claude"),
        TextDelta("he"),
        TextDelta("llo"),
        ChoiceFinished(STOP),
    ]
    gateway = await FakeInProcess(chat=FakeChatRelay(script=script)).gateway()
    chunks = [chunk async for chunk in gateway.stream("hello")]
    assert "".join(chunk.text for chunk in chunks) == "hello"
    assert chunks[-1].body["choices"][0]["finish_reason"] == "stop"
    assert {chunk.body["object"] for chunk in chunks} == {"chat.completion.chunk"}


async def test_native_frames_are_read_and_nothing_is_added() -> None:
    frames: list[ReplyEvent] = [
        NativeFrame(b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', commits=True),
        NativeFrame(
            b'data: {"choices":[{"delta":{"content":"b"}}]}\n\ndata: [DONE]\n\n', commits=True
        ),
    ]
    gateway = await FakeInProcess(chat=FakeChatRelay(script=frames)).gateway()
    assert [chunk.text async for chunk in gateway.stream("hello")] == ["a", "b"]


async def test_a_broken_stream_raises_after_what_came() -> None:
    broken = ProviderFailure(FailureKind.STREAM_BROKEN, "cut")
    frame = NativeFrame(b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', commits=True)
    gateway = await FakeInProcess(chat=FakeChatRelay(script=[frame, broken])).gateway()
    heard = []
    with pytest.raises(ProviderFailure, match="cut"):
        async for chunk in gateway.stream("hello"):
            heard.append(chunk.text)
    assert heard == ["a"]


async def test_leaving_a_stream_early_leaves_the_provider() -> None:
    frame = NativeFrame(b'data: {"choices":[]}\n\n', commits=True)
    chat = FakeChatRelay(script=[frame, frame])
    gateway = await FakeInProcess(chat=chat).gateway()
    async with aclosing(gateway.stream("hello")) as stream:
        await anext(stream)
    assert chat.left.is_set()


async def test_texts_become_vectors() -> None:
    reply = EmbeddingReply("m", ((0.5, 1.0), (2.0, 0.0)), TokenUsage(3, 0))
    embeddings = FakeEmbeddingRelay(answer=reply)
    gateway = await FakeInProcess(embeddings=embeddings).gateway()
    vectors = await gateway.embed(["a", "b"], model="m", dimensions=2)
    assert vectors.vectors == [[0.5, 1.0], [2.0, 0.0]]
    (request,) = embeddings.requests
    assert request.model == "m"


async def test_questions_are_answered_from_the_snapshot() -> None:
    gateway = await FakeInProcess().gateway()
    assert {row.id for row in gateway.models()} == {"default", "large", "small", "other"}
    explained = gateway.explain("north/small", frozenset({Capability.TOOLS}))
    assert explained.plan is not None
    assert [target.deployment.model for target in explained.plan.targets] == ["small"]
    assert [row.name for row in await gateway.providers(Capability.TOOLS)] == ["north", "south"]
    assert await gateway.providers(Capability.EMBEDDINGS) == []


async def test_a_disabled_provider_is_left_out_from_the_next_question_on() -> None:
    gateway = await FakeInProcess().gateway()
    await gateway.enable("north", False)
    explained = gateway.explain()
    assert explained.plan is not None
    assert [target.deployment.provider for target in explained.plan.targets] == ["south"]
    with pytest.raises(DomainError, match="no provider 'nroth': did you mean 'north'"):
        await gateway.enable("nroth")
