import pytest
from tests.fakes.continuation import CALL, STOP, FakeContinuation, frame

from turnout.application.relay.transcript import (
    BLOCK_BYTES,
    LONGEST_BYTES,
    STRIDE,
    Room,
    Transcript,
)
from turnout.domain.inference.reply import (
    NativeFrame,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage

READ = FakeContinuation().read


def transcript_of(*events: ReplyEvent, room: Room | None = None) -> Transcript:
    transcript = Transcript(room or Room())
    send(transcript, *events)
    return transcript


def send(transcript: Transcript, *events: ReplyEvent) -> None:
    for event in events:
        transcript.latest.append(event)
        if len(transcript.latest) >= STRIDE:
            transcript.file()


def test_text_is_read_out_of_events_and_frames() -> None:
    events = (ReplyStarted("id", "m"), TextDelta("a"), ReasoningDelta("x"), TextDelta("b"))
    used = UsageReported(TokenUsage(1, 1))
    assert transcript_of(*events, used).text(READ) == "ab"
    native = transcript_of(frame(""), frame("text:a"), frame("think:x"), frame("text:b"))
    assert native.text(READ) == "ab"
    assert native.frames == [b"", b"text:a", b"think:x", b"text:b"]


@pytest.mark.parametrize("event", [CALL, STOP, RefusalDelta("no"), frame("picture:x")])
def test_what_is_more_than_text_has_none(event: ReplyEvent) -> None:
    assert transcript_of(TextDelta("a"), event).text(READ) is None


@pytest.mark.parametrize("native", [False, True])
def test_what_grows_too_long_is_forgotten(native: bool) -> None:
    room = Room()
    piece = "x" * 1000
    event = NativeFrame(f"text:{piece}".encode(), True) if native else TextDelta(piece)
    transcript = Transcript(room)
    send(transcript, *[event] * (LONGEST_BYTES // 1200))
    assert transcript.text(READ) == piece * (LONGEST_BYTES // 1200)
    send(transcript, *[event] * (LONGEST_BYTES // 4000))
    assert transcript.text(READ) is None
    send(transcript, *[event] * 1000)
    assert len(transcript.latest) < STRIDE
    assert transcript.text(READ) is None
    assert (transcript.frames, room.taken_bytes) == ([], 0)


def test_all_together_have_only_so_much_room() -> None:
    room = Room(limit_bytes=2 * BLOCK_BYTES)
    first, second, third = (transcript_of(TextDelta("a"), room=room) for _ in range(3))
    assert [each.text(READ) for each in (first, second, third)] == ["a", "a", None]
    first.forget()
    assert transcript_of(TextDelta("a"), room=room).text(READ) == "a"
    second.forget()
    second.forget()
    third.forget()
    assert room.taken_bytes == BLOCK_BYTES
