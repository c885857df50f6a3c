import json

import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.openai_chat.frames import StreamTap

DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
TOKENS = TokenUsage(3, 2)


def chunk(
    delta: object = None, *, finish: str | None = None, index: int = 0, **top: object
) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    body = {"id": "c", "model": "m", "choices": [choice], **top}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


ROLE = chunk({"role": "assistant", "content": ""})
HELLO = chunk({"content": "Hello"})
STOP = chunk({}, finish="stop")


def read(*blocks: bytes) -> list[NativeFrame]:
    """Feed a whole stream to a tap."""
    tap = StreamTap()
    events = [event for block in blocks for event in tap.feed(block)]
    events += tap.end()
    assert all(isinstance(event, NativeFrame) for event in events)
    return [event for event in events if isinstance(event, NativeFrame)]


def fault(*blocks: bytes) -> ProviderFailure:
    with pytest.raises(ProviderFailure) as caught:
        read(*blocks)
    return caught.value


def test_bytes_go_on_as_they_came() -> None:
    blocks = [ROLE, HELLO, STOP, DONE]
    assert [frame.data for frame in read(*blocks)] == blocks


def test_a_chunk_with_only_a_role_does_not_commit() -> None:
    assert [frame.commits for frame in read(ROLE, HELLO, STOP, DONE)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("delta", "commits"),
    [
        (None, False),
        ({}, False),
        ({"role": "assistant", "content": None, "refusal": None, "tool_calls": []}, False),
        ({"role": "assistant", "channel": "analysis"}, False),
        ({"content": "a"}, True),
        ({"content": [{"type": "text", "text": "a"}]}, True),
        ({"reasoning_content": "hm"}, True),
        ({"reasoning": "hm"}, True),
        ({"refusal": "no"}, True),
        ({"tool_calls": [{"index": 0}]}, True),
        ({"function_call": {"name": "f"}}, True),
        ({"audio": {"id": "a"}}, True),
        ({"something_new": "x"}, True),
    ],
)
def test_what_commits(delta: object, commits: bool) -> None:
    (frame,) = StreamTap().feed(chunk(delta))
    assert isinstance(frame, NativeFrame)
    assert frame.commits is commits


def test_the_model_is_read() -> None:
    assert read(HELLO, STOP)[0].model == "m"


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([STOP, chunk(choices=[], usage=USAGE)], id="a chunk without choices"),
        pytest.param([chunk({}, finish="stop", usage=USAGE)], id="the finish chunk"),
        pytest.param([STOP, chunk(choices=[], x_groq={"usage": USAGE})], id="x_groq"),
        pytest.param(
            [chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop", "usage": USAGE}])],
            id="the choice",
        ),
        pytest.param(
            [chunk({}, usage={"prompt_tokens": 3}), chunk({}, finish="stop", usage=USAGE)],
            id="many chunks",
        ),
    ],
)
def test_usage_is_found_anywhere(blocks: list[bytes]) -> None:
    reports = [frame.usage for frame in read(HELLO, *blocks, DONE) if frame.usage]
    assert reports[-1] == TOKENS


def test_no_usage_is_none() -> None:
    assert [frame.usage for frame in read(chunk({"content": "a"}, usage=None), STOP)] == [None] * 3


def test_a_done_that_is_missing_is_put_in() -> None:
    assert read(HELLO, STOP)[-1] == NativeFrame(DONE, commits=False, finished=True)


def test_a_done_that_is_missing_is_put_in_with_the_streams_line_ends() -> None:
    lines = [block.replace(b"\n", b"\r\n") for block in (HELLO, STOP)]
    frames = read(*lines)
    assert [frame.data for frame in frames] == [*lines, b"data: [DONE]\r\n\r\n"]


def test_comments_go_through_once_the_answer_has_begun() -> None:
    frames = read(b": WAIT\n\n", ROLE, b": ping\n\n", HELLO, b": ping\n\n", STOP, DONE)
    assert [frame.data for frame in frames] == [ROLE, HELLO, b": ping\n\n", STOP, DONE]
    assert not frames[2].commits


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(HELLO.replace(b"data: ", b"data:"), id="no space"),
        pytest.param(b": note\n" + HELLO, id="a comment before it"),
        pytest.param(b"event: message\nid: 7\n" + HELLO, id="other fields before it"),
        pytest.param(HELLO[:-1] + b"id: 7\n\n", id="a field after it"),
        pytest.param(HELLO.replace(b', "model"', b',\ndata: "model"'), id="two lines of data"),
        pytest.param(HELLO.replace(b"\n", b"\r\n"), id="CRLF"),
    ],
)
def test_odd_blocks_are_read_and_passed_on_as_they_came(block: bytes) -> None:
    frame = read(block, STOP)[0]
    assert (frame.data, frame.commits, frame.model) == (block, True, "m")


@pytest.mark.parametrize(
    "block",
    [b"data: {nonsense\n\n", b'data: {"choices":[{"del\n\n', b"data: <html>\n\n", b"data:\n\n"],
)
def test_a_malformed_event_is_left_out(block: bytes) -> None:
    assert [frame.data for frame in read(HELLO, block, STOP, DONE)] == [HELLO, STOP, DONE]


@pytest.mark.parametrize("data", [b"17", b'{"choices":17}', b'{"choices":[{"delta":"x"}]}'])
def test_json_of_another_shape_is_passed_on(data: bytes) -> None:
    block = b"data: " + data + b"\n\n"
    assert read(HELLO, block, STOP, DONE)[1] == NativeFrame(block, commits=False)


def test_a_stream_that_ends_before_its_finish_fails() -> None:
    found = fault(ROLE, HELLO)
    assert (found.kind, found.message) == (
        FailureKind.TRANSPORT,
        "the provider's stream ended before the answer did",
    )


def test_an_empty_stream_fails() -> None:
    assert fault().kind is FailureKind.TRANSPORT
    assert fault(b": ping\n\n").kind is FailureKind.TRANSPORT


def test_a_stream_that_says_it_is_done_without_an_answer_is_malformed() -> None:
    assert fault(DONE).kind is FailureKind.MALFORMED
    assert fault(ROLE, DONE).kind is FailureKind.MALFORMED


def test_done_is_enough_where_servers_give_no_finish_reason() -> None:
    assert read(HELLO, DONE)[-1].data == DONE


def test_every_choice_must_finish() -> None:
    second = chunk({"content": "b"}, index=1)
    assert fault(HELLO, second, STOP).kind is FailureKind.TRANSPORT
    assert read(HELLO, second, STOP, chunk({}, finish="length", index=1))[-1].data == DONE


def test_a_choice_that_has_finished_stays_finished() -> None:
    assert read(HELLO, STOP, chunk({"content": ""}))[-1].data == DONE


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (b'data: {"error":{"message":"busy","code":429}}\n\n', FailureKind.RATE_LIMITED),
        (b'data: {"error":{"message":"x","type":"server_error"}}\n\n', FailureKind.OVERLOADED),
        (b'event: error\ndata: {"error":{"message":"x"}}\n\n', FailureKind.OVERLOADED),
        (b'error: {"code":500,"message":"x","type":"server_error"}\n\n', FailureKind.OVERLOADED),
        (b'data: {"object":"error","message":"Context size","code":400}\n\n', "bad_request"),
        (b'data: {"code":"x","error":"Too many requests"}\n\n', FailureKind.RATE_LIMITED),
        (chunk({}, finish="error", error={"message": "gone", "code": 502}), "overloaded"),
        (chunk({}, finish="insufficient_system_resource"), FailureKind.OVERLOADED),
    ],
)
def test_errors_inside_the_stream_are_raised(block: bytes, kind: str) -> None:
    assert fault(block).kind == kind
    assert fault(HELLO, block).kind == kind


def test_a_null_error_is_none() -> None:
    assert len(read(chunk({"content": "a"}, error=None), STOP)) == 3
