"""How much thinking a caller asks for, in any of the ways of saying it."""

from collections.abc import Mapping
from dataclasses import dataclass

from turnout.domain.inference.conversation import Conversation, Thinking

_FIELD = "thinking"
"""Anthropic's own way (`{"type": "enabled", "budget_tokens": 2048}`), which others took over."""


@dataclass(frozen=True, slots=True)
class AskedThinking:
    """`thinking` has an effort, a budget, or both; `field` is the caller's name for the wish."""

    thinking: Thinking
    field: str


def asked_thinking(conversation: Conversation) -> AskedThinking | None:
    """Return what the caller asks for, the canonical way first; None if it does not ask."""
    thinking = conversation.thinking
    if thinking is None:
        raw = conversation.leftovers.get(_FIELD)
        thinking = _read(raw) if isinstance(raw, dict) else None
        return None if thinking is None else AskedThinking(thinking, _FIELD)
    if thinking.effort is not None:
        return AskedThinking(thinking, "reasoning_effort")
    if thinking.budget_tokens is not None:
        return AskedThinking(thinking, "reasoning.max_tokens")
    return None


def other_leftovers(conversation: Conversation, asked: AskedThinking | None) -> dict[str, object]:
    """Return the leftovers that `asked` was not read from, without those that are null."""
    read = asked.field if asked is not None else None
    return {
        name: value
        for name, value in conversation.leftovers.items()
        if value is not None and name != read
    }


def _read(raw: Mapping[str, object]) -> Thinking | None:
    kind, budget = raw.get("type"), raw.get("budget_tokens")
    if kind == "disabled":
        return Thinking("none")
    if kind == "adaptive":
        return Thinking("high")
    if kind == "enabled":
        return Thinking(budget_tokens=budget) if isinstance(budget, int) else Thinking("medium")
    return None
