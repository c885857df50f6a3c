import pytest

from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    NativeFrame,
    ReasoningDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolCallStarted,
    UsageReported,
    commits,
)
from turnout.domain.inference.usage import TokenUsage


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ReplyStarted("id", "m"), False),
        (UsageReported(TokenUsage()), False),
        (TextDelta("a"), True),
        (ReasoningDelta("a"), True),
        (ToolCallStarted(0, "c", "f"), True),
        (ChoiceFinished(Finish(FinishKind.STOP, "stop")), True),
        (NativeFrame(b"", commits=False), False),
        (NativeFrame(b"", commits=True), True),
    ],
)
def test_content_commits_and_preliminaries_do_not(event: ReplyEvent, expected: bool) -> None:
    assert commits(event) is expected
