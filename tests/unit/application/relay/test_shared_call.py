from dataclasses import replace

from tests.support.sharing import USAGE, FakeWording, sharing, word
from tests.unit.application.relay.test_kept_answers import TAKEN, a_call

from turnout.application.relay.answers import RelayedReply
from turnout.application.relay.shared_call import FrameWriter
from turnout.domain.inference.reply import (
    NativeFrame,
    NativeReply,
    Reply,
    ReplyStarted,
    Rescued,
    TextDelta,
    UsageReported,
)


def test_a_native_answer_stays_as_it_is() -> None:
    reply = NativeReply(b"hello", "m", USAGE)
    worded = a_call().worded(RelayedReply(TAKEN, reply))
    assert (worded.reply, worded.taken) == (reply, TAKEN)


def test_a_canonical_answer_is_put_into_the_callers_protocol() -> None:
    worded = a_call().worded(RelayedReply(TAKEN, Reply("r", "claude", (), USAGE)))
    assert worded.reply == NativeReply(b"whole r", "claude", USAGE)


def test_native_frames_are_passed_on_and_have_their_own_end() -> None:
    writer = FrameWriter(a_call(), TAKEN)
    frame = word("hi")
    assert writer.frame(frame) is frame
    assert writer.end() is None


def test_canonical_events_become_frames_and_usage_comes_with_the_end() -> None:
    wording = FakeWording("stream")
    writer = FrameWriter(a_call(sharing=sharing(wording=wording)), replace(TAKEN, model="m"))
    assert writer.frame(ReplyStarted("r", "claude")) is None
    assert writer.frame(TextDelta("hi")) == NativeFrame(b"hi", commits=True)
    assert writer.frame(UsageReported(USAGE)) is None
    assert writer.end() == NativeFrame(b".", commits=False, usage=USAGE, finished=True)
    assert wording.written == ["req_1"]


def test_a_rescue_is_noticed_and_tells_itself_among_frames() -> None:
    frames = FrameWriter(a_call(), TAKEN)
    frames.frame(word("hi"))
    assert frames.frame(Rescued(("a", "b"))) is None
    assert (frames.is_rescued, frames.end()) == (True, None)
    events = FrameWriter(a_call(sharing=sharing(wording=FakeWording("stream"))), TAKEN)
    events.frame(TextDelta("hi"))
    assert not events.is_rescued
    events.frame(Rescued(("a", "b")))
    assert events.is_rescued
