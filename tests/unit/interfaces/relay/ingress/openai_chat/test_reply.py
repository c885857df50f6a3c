"""Whole answers, as the official client reads them."""

import json
from typing import Any

from openai.types.chat import ChatCompletion

from turnout.domain.inference.content import (
    ImagePart,
    Media,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
)
from turnout.domain.inference.reply import Choice, Finish, FinishKind, NativeReply, Reply
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.messages import read_messages
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body

STOP = Finish(FinishKind.STOP, "end_turn")


def body_of(*parts: Part, finish: Finish = STOP, usage: TokenUsage | None = None) -> Any:
    reply = Reply("msg_1", "claude", (Choice(parts, finish),), usage)
    return json.loads(reply_body(reply, fallback_id="chatcmpl-req_1", created=1_700_000_000))


def test_a_native_answer_goes_as_it_is() -> None:
    native = NativeReply(b'{"odd": 1.50}', None, None)
    assert reply_body(native, fallback_id="x", created=0) is native.body


def test_text_and_usage() -> None:
    body = body_of(TextPart("hel"), TextPart("lo"), usage=TokenUsage(3, 4))
    completion = ChatCompletion.model_validate(body, strict=True)
    (choice,) = completion.choices
    assert (completion.id, completion.model, completion.created) == (
        "msg_1",
        "claude",
        1_700_000_000,
    )
    assert (choice.message.content, choice.message.refusal) == ("hello", None)
    assert (choice.finish_reason, choice.logprobs) == ("stop", None)
    assert completion.usage is not None and completion.usage.total_tokens == 7


def test_tool_calls_without_text() -> None:
    finish = Finish(FinishKind.TOOL_CALLS, "tool_use")
    signed = ToolCallPart("c2", "g", "{}", {"gemini": {"thoughtSignature": "sig"}})
    body = body_of(ToolCallPart("c1", "f", '{"a":1}'), signed, finish=finish)
    message = ChatCompletion.model_validate(body, strict=True).choices[0].message
    assert message.content is None
    assert message.tool_calls is not None
    assert [call.id for call in message.tool_calls] == ["c1", "c2"]
    sent = body["choices"][0]["message"]["tool_calls"][1]
    assert sent["extra_content"] == {"google": {"thought_signature": "sig"}}


def test_reasoning_refusals_and_pictures() -> None:
    picture = ImagePart(Media(data="AAAA", media_type="image/png"))
    body = body_of(
        ReasoningPart("hm"), RefusalPart("no"), picture, ImagePart(Media(url="http://x"))
    )
    message = body["choices"][0]["message"]
    assert message["reasoning_content"] == "hm"
    assert "thinking_blocks" not in message
    assert message["refusal"] == "no"
    urls = [image["image_url"]["url"] for image in message["images"]]
    assert urls == ["data:image/png;base64,AAAA", "http://x"]


def test_signed_thinking_can_be_sent_back() -> None:
    signed = ReasoningPart("hm", "sig")
    body = body_of(signed, ReasoningPart("", redacted="sealed"), TextPart("hi"))
    (message,) = read_messages([body["choices"][0]["message"]])
    assert message.parts == (signed, ReasoningPart("", redacted="sealed"), TextPart("hi"))


def test_several_choices_with_logprobs() -> None:
    logprobs = {"content": [{"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}]}
    choices = (
        Choice((TextPart("a"),), STOP, 0, logprobs),
        Choice((TextPart("b"),), Finish(FinishKind.LENGTH, "length"), 1),
    )
    body = json.loads(
        reply_body(Reply("", "m", choices, None), fallback_id="chatcmpl-1", created=1)
    )
    completion = ChatCompletion.model_validate(body, strict=True)
    assert completion.id == "chatcmpl-1"
    assert completion.usage is None
    assert [choice.finish_reason for choice in completion.choices] == ["stop", "length"]
    assert completion.choices[0].logprobs is not None
