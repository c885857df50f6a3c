import pytest
from tests.fakes.continuation import CALL, STOP, FakeContinuation, FakeWriter, frame

from turnout.application.relay.takeover import Takeover
from turnout.domain.inference.overlap import Diverged
from turnout.domain.inference.reply import (
    NativeFrame,
    ReasoningDelta,
    ReplyStarted,
    Rescued,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage

PROVIDERS = ("a", "b")
SPENT = TokenUsage(1, 2)


def takeover(said: str = "Hello ", *, native: bool = False) -> Takeover:
    return Takeover(said, FakeContinuation(), FakeWriter() if native else None)


def test_events_tell_who_goes_on_and_what_is_new() -> None:
    story = takeover()
    assert story.begin(PROVIDERS, SPENT, prefilled=False) == [Rescued(PROVIDERS)]
    for silent in (ReplyStarted("x", "y"), ReasoningDelta("hm"), TextDelta("Hello")):
        assert story.go_on(silent) == []
    assert story.go_on(TextDelta(" you")) == [TextDelta("you")]
    used = UsageReported(TokenUsage(2, 3))
    assert story.go_on(used) == [UsageReported(TokenUsage(3, 5))]
    assert story.go_on(STOP) == [STOP]
    assert (story.end(), story.said, story.is_plain) == ([], "Hello you", False)


def test_frames_are_rewritten() -> None:
    story = takeover(native=True)
    assert story.begin(PROVIDERS, None, prefilled=False) == [Rescued(PROVIDERS)]
    assert story.go_on(frame("text:Hello you", TokenUsage(2, 3))) == [frame("text:you")]
    assert story.go_on(frame("picture:x")) == []
    assert story.go_on(STOP) == [frame("stop:")]
    end = NativeFrame(b"end#5#a,b", commits=False, usage=TokenUsage(2, 3), finished=True)
    assert story.end() == [end]


def test_what_was_held_back_comes_before_what_follows() -> None:
    story = takeover()
    story.begin(PROVIDERS, None, prefilled=True)
    assert story.go_on(TextDelta("\n")) == []
    assert story.go_on(CALL) == [TextDelta("\n"), CALL]


def test_the_second_rescue_goes_on_from_where_the_first_came() -> None:
    story = takeover()
    story.begin(PROVIDERS, None, prefilled=False)
    assert story.go_on(TextDelta("Hello you")) == [TextDelta("you")]
    story.begin((*PROVIDERS, "c"), None, prefilled=False)
    assert story.go_on(TextDelta("Hello you there")) == [TextDelta(" there")]


def test_a_shorter_answer_diverges() -> None:
    story = takeover()
    story.begin(PROVIDERS, None, prefilled=False)
    story.go_on(TextDelta("Hel"))
    with pytest.raises(Diverged):
        story.end()
