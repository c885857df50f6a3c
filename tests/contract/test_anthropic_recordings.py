"""Every recorded answer in Anthropic's protocol is read as Anthropic's own client reads it."""

import json
from pathlib import Path

import pytest

from tests.support.official_readers import Heard, by_anthropic, from_events, from_reply
from tests.support.recordings import WIRE, Recording, recordings
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame
from turnout.infrastructure.protocols.anthropic_messages.decode import decode_reply
from turnout.infrastructure.protocols.anthropic_messages.failures import failure
from turnout.infrastructure.protocols.anthropic_messages.stream import MessageStream
from turnout.infrastructure.protocols.native import NativeTap

_FILES = (
    "anthropic__messages.jsonl",
    "vertex__messages_vertex.jsonl",
    "ollama__messages.jsonl",
    "other_gateway__messages.jsonl",
)
_HERE = Path(__file__).parent / "recorded"
_PATHS = [_HERE / "anthropic_messages.jsonl", *(WIRE / name for name in _FILES)]
RECORDED = list({r.id: r for path in _PATHS if path.exists() for r in recordings(path)}.values())
ANSWERS = [each for each in RECORDED if each.status == 200]
STREAMS = [each for each in ANSWERS if each.stream]

_SEVERAL_MESSAGES = {
    # The client tells blocks apart by number alone, so it mixes up those of two messages.
    "ant_0caaa3bd3214c9",
    # The client guesses the end of arguments that are cut off; the caller should see the cut.
    "ant_35cb81be1147d3",
}
_KINDS = {
    "prompt is too long": FailureKind.CONTEXT_TOO_LONG,
    "output_config.format": FailureKind.BAD_REQUEST,
    "invalid x-api-key": FailureKind.AUTH,
    "model: ": FailureKind.MODEL_MISSING,
}


def _id(recording: Recording) -> str:
    return recording.id


def _read(recording: Recording) -> Heard:
    if not recording.stream:
        return from_reply(decode_reply(recording.body))
    stream = MessageStream()
    events = [event for block in recording.blocks for event in stream.feed(block)]
    return from_events([*events, *stream.end()])


@pytest.mark.parametrize("recording", ANSWERS, ids=_id)
def test_an_answer_is_read_as_the_official_client_reads_it(recording: Recording) -> None:
    ours = _read(recording)
    theirs = by_anthropic(recording.body, stream=recording.stream)
    if recording.id in _SEVERAL_MESSAGES:
        ours, theirs = _names_only(ours), _names_only(theirs)
    assert ours == theirs


def _names_only(heard: Heard) -> Heard:
    choice = heard.choices[0]
    choice.calls = [(name, None) for name, _ in choice.calls]
    choice.text = "".join(sorted(choice.text))
    return heard


@pytest.mark.parametrize("recording", STREAMS, ids=_id)
def test_the_native_lane_passes_every_byte_on(recording: Recording) -> None:
    tap = NativeTap(MessageStream())
    frames = [frame for block in recording.blocks for frame in tap.feed(block)]
    assert all(isinstance(frame, NativeFrame) for frame in frames)
    assert b"".join(f.data for f in frames if isinstance(f, NativeFrame)) == recording.body
    assert tap.end() == []


@pytest.mark.parametrize("recording", STREAMS, ids=_id)
def test_a_stream_that_is_cut_before_its_end_never_ends_well(recording: Recording) -> None:
    stream = MessageStream()
    for block in recording.blocks:
        if b"message_delta" in block:
            break
        stream.feed(block)
    with pytest.raises(ProviderFailure) as caught:
        stream.end()
    assert caught.value.kind is FailureKind.TRANSPORT


@pytest.mark.parametrize("recording", [r for r in RECORDED if r.status != 200], ids=_id)
def test_an_error_is_of_its_kind(recording: Recording) -> None:
    message = json.loads(recording.body)["error"]["message"]
    expected = next(kind for words, kind in _KINDS.items() if message.startswith(words))
    found = failure(recording.status, recording.body)
    assert (found.kind, found.message, found.status) == (expected, message, recording.status)
