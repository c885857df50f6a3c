"""Every recorded answer in Gemini's protocol is read as Google's own client reads it."""

import json
from pathlib import Path

import pytest

from tests.support.official_readers import Heard, by_google, from_events, from_reply
from tests.support.recordings import WIRE, Recording, recordings
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, ToolCallStarted
from turnout.infrastructure.protocols.gemini.decode import decode_reply
from turnout.infrastructure.protocols.gemini.failures import failure
from turnout.infrastructure.protocols.gemini.stream import ContentStream
from turnout.infrastructure.protocols.native import NativeTap

_FILES = (
    "gemini__generate_content.jsonl",
    "gemini__stream_generate_content.jsonl",
    "vertex__generate_content.jsonl",
    "vertex__stream_generate_content.jsonl",
    "other_gateway__generate_content.jsonl",
    "other_gateway__stream_generate_content.jsonl",
)
_HERE = Path(__file__).parent / "recorded"
_PATHS = [_HERE / "gemini.jsonl", *(WIRE / name for name in _FILES)]
_ALL = {r.id: r for path in _PATHS if path.exists() for r in recordings(path)}
RECORDED = [each for each in _ALL.values() if not (each.stream and each.body.startswith(b"["))]
"""A stream that was asked for without `alt=sse` is one JSON array: nothing that we ask for."""
_BLOCKED = "blockReason"
ANSWERS = [r for r in RECORDED if r.status == 200 and _BLOCKED.encode() not in r.body]
STREAMS = [each for each in ANSWERS if each.stream]

_BEYOND_THE_CLIENT = {
    # Finish reasons as numbers, which the client cannot read.
    "ver_a95d94970ffdc4": ("STOP", []),
    # Arguments in pieces, which the client does not put together.
    "gem_12459f82123c9e": (
        "STOP",
        [("getWeather", {"location": "Boston"}), ("getWeather", {"location": "San Francisco"})],
    ),
    "gem_ccfdbac6a605b0": (
        "STOP",
        [("read_theme", {}), *(("read_screen", {"id": letter}) for letter in "ABC")],
    ),
}
_KINDS = {
    "Logprobs is not enabled": FailureKind.UNSUPPORTED,
    "LogProbs is not supported": FailureKind.UNSUPPORTED,
    "models/": FailureKind.MODEL_MISSING,
    "You exceeded your current quota": FailureKind.RATE_LIMITED,
    "Cannot fetch content": FailureKind.UNSUPPORTED,
    "The input token count": FailureKind.CONTEXT_TOO_LONG,
}
_WAITS = {"please check your plan.": 34.4, "plan and billing details": 48.0}


def _id(recording: Recording) -> str:
    return recording.id


def _read(recording: Recording) -> Heard:
    if not recording.stream:
        return from_reply(decode_reply(recording.body))
    stream = ContentStream()
    events = [event for block in recording.blocks for event in stream.feed(block)]
    return from_events([*events, *stream.end()])


@pytest.mark.parametrize("recording", ANSWERS, ids=_id)
def test_an_answer_is_read_as_the_official_client_reads_it(recording: Recording) -> None:
    ours = _read(recording)
    if recording.id in _BEYOND_THE_CLIENT:
        choice = ours.choices[0]
        assert (choice.finish, choice.calls) == _BEYOND_THE_CLIENT[recording.id]
    else:
        assert ours == by_google(recording.body, stream=recording.stream)


@pytest.mark.parametrize("recording", [r for r in RECORDED if _BLOCKED.encode() in r.body], ids=_id)
def test_a_blocked_prompt_is_a_refusal(recording: Recording) -> None:
    with pytest.raises(ProviderFailure) as caught:
        decode_reply(recording.body)
    assert caught.value.kind is FailureKind.CONTENT_REFUSED
    assert caught.value.message == "The prompt violated Prompt Injection and Jailbreak filters."


@pytest.mark.parametrize("recording", STREAMS, ids=_id)
def test_the_same_stream_gives_the_same_ids_and_no_id_twice(recording: Recording) -> None:
    def ids() -> list[str]:
        stream = ContentStream()
        events = [event for block in recording.blocks for event in stream.feed(block)]
        return [event.id for event in events if isinstance(event, ToolCallStarted)]

    assert ids() == ids()
    assert len(ids()) == len(set(ids()))


@pytest.mark.parametrize("recording", STREAMS, ids=_id)
def test_the_native_lane_passes_every_byte_on(recording: Recording) -> None:
    tap = NativeTap(ContentStream())
    frames = [frame for block in recording.blocks for frame in tap.feed(block)]
    assert b"".join(f.data for f in frames if isinstance(f, NativeFrame)) == recording.body
    assert tap.end() == []


@pytest.mark.parametrize("recording", STREAMS, ids=_id)
def test_a_stream_that_is_cut_before_its_end_never_ends_well(recording: Recording) -> None:
    stream = ContentStream()
    for block in recording.blocks:
        if b"finishReason" in block:
            break
        stream.feed(block)
    with pytest.raises(ProviderFailure) as caught:
        stream.end()
    assert caught.value.kind is FailureKind.TRANSPORT


@pytest.mark.parametrize("recording", [r for r in RECORDED if r.status != 200], ids=_id)
def test_an_error_is_of_its_kind_and_tells_how_long_to_wait(recording: Recording) -> None:
    message = json.loads(recording.body)["error"]["message"]
    found = failure(recording.status, recording.body)
    assert found.kind is next(kind for words, kind in _KINDS.items() if message.startswith(words))
    wait = next((seconds for words, seconds in _WAITS.items() if words in message), None)
    assert (found.message, found.retry_after_seconds) == (message, wait)
