import pytest

from turnout.domain.inference.conversation import Conversation, Thinking
from turnout.infrastructure.protocols.asked_thinking import (
    AskedThinking,
    asked_thinking,
    other_leftovers,
)


def said(thinking: Thinking | None, raw: object = None) -> Conversation:
    return Conversation((), thinking=thinking, leftovers={"thinking": raw, "store": True})


@pytest.mark.parametrize(
    ("thinking", "asked"),
    [
        (None, None),
        (Thinking(), None),
        (Thinking("low"), AskedThinking(Thinking("low"), "reasoning_effort")),
        (Thinking("low", 9), AskedThinking(Thinking("low", 9), "reasoning_effort")),
        (Thinking(None, 9), AskedThinking(Thinking(None, 9), "reasoning.max_tokens")),
    ],
)
def test_the_canonical_way(thinking: Thinking | None, asked: AskedThinking | None) -> None:
    assert asked_thinking(said(thinking)) == asked


@pytest.mark.parametrize(
    ("raw", "thinking"),
    [
        ({"type": "enabled", "budget_tokens": 2048}, Thinking(None, 2048)),
        ({"type": "enabled"}, Thinking("medium")),
        ({"type": "adaptive"}, Thinking("high")),
        ({"type": "disabled"}, Thinking("none")),
        ({"type": "else"}, None),
        ("on", None),
    ],
)
def test_anthropics_way(raw: object, thinking: Thinking | None) -> None:
    call = said(None, raw)
    asked = asked_thinking(call)
    assert asked == (None if thinking is None else AskedThinking(thinking, "thinking"))
    left = {"store": True} if thinking is not None else {"thinking": raw, "store": True}
    assert other_leftovers(call, asked) == left


def test_the_canonical_way_weighs_more_and_the_other_is_left_over() -> None:
    call = said(Thinking("low"), {"type": "disabled"})
    asked = asked_thinking(call)
    assert asked == AskedThinking(Thinking("low"), "reasoning_effort")
    assert other_leftovers(call, asked) == {"thinking": {"type": "disabled"}, "store": True}


def test_what_is_null_is_not_left_over() -> None:
    assert other_leftovers(said(None), None) == {"store": True}
