import pytest
from tests.support.conversations import at, call, model, result, user

from turnout.domain.inference.content import Message, ReasoningPart
from turnout.domain.inference.conversation import Sampling, Thinking
from turnout.infrastructure.protocols.anthropic_messages.claude import claude
from turnout.infrastructure.protocols.anthropic_messages.thinking import (
    Effort,
    Setting,
    is_own,
    plan_effort,
)
from turnout.infrastructure.protocols.asked_thinking import AskedThinking
from turnout.infrastructure.protocols.turns import lay_out

OFF = {"type": "disabled"}
ADAPTIVE = {"type": "adaptive", "display": "summarized"}


def planned(
    thinking: Thinking | None,
    name: str = "claude-sonnet-4-5",
    *,
    asked: int | None = None,
    limit: int | None = None,
    forced: bool = False,
    messages: tuple[Message, ...] = (user("a"),),
) -> tuple[Effort, list[str]]:
    dropped: list[str] = []
    turns = lay_out(messages, "anthropic_messages").turns
    setting = Setting(at(name, max_output_tokens=limit), claude(name), turns, forced)
    wish = None if thinking is None else AskedThinking(thinking, "wish")
    return plan_effort(wish, Sampling(max_output_tokens=asked), setting, dropped), dropped


def budget(tokens: int) -> dict[str, object]:
    return {"type": "enabled", "budget_tokens": tokens}


@pytest.mark.parametrize(
    ("asked", "limit", "tokens", "dropped"),
    [
        (None, None, 4096, []),
        (None, 64_000, 64_000, []),
        (100, None, 100, []),
        (100, 64_000, 100, []),
        (99_000, 64_000, 64_000, ["max_tokens"]),
    ],
)
def test_there_is_always_a_limit(
    asked: int | None, limit: int | None, tokens: int, dropped: list[str]
) -> None:
    assert planned(None, asked=asked, limit=limit) == (Effort(tokens), dropped)


@pytest.mark.parametrize(
    ("effort", "tokens"),
    [("minimal", 1024), ("low", 2048), ("medium", 8192), ("high", 16384), ("xhigh", 32768)],
)
def test_an_effort_is_a_budget_on_top_of_the_answer(effort: str, tokens: int) -> None:
    assert planned(Thinking(effort)) == (Effort(4096 + tokens, budget(tokens)), [])


@pytest.mark.parametrize(
    ("thinking", "asked", "sent", "dropped"),
    [
        (Thinking("high"), 8000, budget(6000), []),
        (Thinking("high"), 1200, budget(1024), []),
        (Thinking("low"), 1024, None, ["wish"]),
        (Thinking(budget_tokens=5000), 8000, budget(5000), []),
        (Thinking(budget_tokens=9000), 8000, budget(6000), ["wish"]),
        (Thinking(budget_tokens=100), 8000, budget(1024), ["wish"]),
        (Thinking("high", 2000), 8000, budget(2000), []),
        (Thinking("utmost"), 8000, None, ["wish"]),
    ],
)
def test_a_budget_leaves_room_for_the_answer(
    thinking: Thinking, asked: int, sent: dict[str, object] | None, dropped: list[str]
) -> None:
    assert planned(thinking, asked=asked) == (Effort(asked, sent), dropped)


@pytest.mark.parametrize(
    ("thinking", "name", "effort", "dropped"),
    [
        (Thinking("minimal"), "claude-opus-4-6", "low", []),
        (Thinking("xhigh"), "claude-opus-4-6", "high", []),
        (Thinking("xhigh"), "claude-opus-4-7", "xhigh", []),
        (Thinking("max"), "claude-opus-4-7", "max", []),
        (Thinking("utmost"), "claude-opus-4-7", None, ["wish"]),
        (Thinking(budget_tokens=9000), "claude-opus-4-7", "high", ["wish"]),
        (Thinking(budget_tokens=99_000), "claude-opus-4-7", "xhigh", ["wish"]),
    ],
)
def test_an_adaptive_model_is_asked_by_a_word(
    thinking: Thinking, name: str, effort: str | None, dropped: list[str]
) -> None:
    assert planned(thinking, name) == (Effort(4096, dict(ADAPTIVE), effort), dropped)


def test_a_forced_tool_bars_thinking() -> None:
    assert planned(Thinking("low"), forced=True) == (Effort(4096), ["wish"])
    modern = planned(Thinking("low"), "claude-opus-5", forced=True)
    assert modern == (Effort(4096, None, "low"), [])


def test_no_thinking_is_said_to_those_who_can_think() -> None:
    assert planned(Thinking("none")) == (Effort(4096, dict(OFF)), [])
    assert planned(Thinking("none"), "claude-3-5-haiku") == (Effort(4096), [])
    assert not planned(Thinking("none"))[0].thinks


def test_who_cannot_think_is_not_asked_to() -> None:
    assert planned(Thinking("low"), "claude-3-5-haiku") == (Effort(4096), ["wish"])


@pytest.mark.parametrize(
    ("messages", "thinks"),
    [
        ((user("a"), model("b")), False),
        ((user("a"), model(call("c")), result("c", "r")), False),
        ((user("a"), model(ReasoningPart("t"), call("c")), result("c", "r")), False),
        ((user("a"), model(ReasoningPart("t", "sig"), call("c")), result("c", "r")), True),
        ((user("a"), model("b"), user("c")), True),
    ],
)
def test_thinking_cannot_begin_in_the_middle_of_a_turn(
    messages: tuple[Message, ...], thinks: bool
) -> None:
    effort, dropped = planned(Thinking("low"), messages=messages)
    assert (effort.thinks, dropped) == (thinks, [] if thinks else ["wish"])


@pytest.mark.parametrize(
    ("part", "own"),
    [
        (ReasoningPart("t"), False),
        (ReasoningPart("t", signature="EqQB+/="), True),
        (ReasoningPart("t", signature="gemini:EqQB"), False),
        (ReasoningPart("", redacted="EqQB"), True),
    ],
)
def test_proofs_tell_whose_they_are(part: ReasoningPart, own: bool) -> None:
    assert is_own(part) is own
