import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    NativeFrame,
    NativeReply,
    Reply,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.native import NativeTap, native_reply

USAGE = TokenUsage(1, 2)


class Scripted:
    """A StreamDecoder that says what it is told to."""

    def __init__(self, *events: ReplyEvent) -> None:
        self._events = list(events)

    def feed(self, block: bytes) -> list[ReplyEvent]:
        return self._events

    def end(self) -> list[ReplyEvent]:
        raise ProviderFailure(FailureKind.TRANSPORT, "cut")


@pytest.mark.parametrize(
    ("events", "frame"),
    [
        ([], NativeFrame(b"x", commits=False)),
        ([ReplyStarted("i", "m")], NativeFrame(b"x", commits=False, model="m")),
        ([ReplyStarted("i", "")], NativeFrame(b"x", commits=False)),
        ([UsageReported(USAGE)], NativeFrame(b"x", commits=False, usage=USAGE)),
        ([TextDelta("a")], NativeFrame(b"x", commits=True)),
        (
            [ChoiceFinished(Finish(FinishKind.STOP, "stop"))],
            NativeFrame(b"x", commits=True, finished=True),
        ),
    ],
)
def test_a_frame_tells_what_was_read_in_passing(
    events: list[ReplyEvent], frame: NativeFrame
) -> None:
    assert NativeTap(Scripted(*events)).feed(b"x") == [frame]


def test_the_end_is_the_decoders() -> None:
    with pytest.raises(ProviderFailure, match="cut"):
        NativeTap(Scripted()).end()


def test_a_whole_answer_keeps_its_bytes() -> None:
    assert native_reply(b"x", Reply("i", "m", (), USAGE)) == NativeReply(b"x", "m", USAGE)
    assert native_reply(b"x", Reply("i", "", (), None)) == NativeReply(b"x", None, None)
