"""How much Claude thinks, and how many tokens it may use for all.

Source: Anthropic's extended thinking (budgets), adaptive thinking and effort.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.content import ReasoningPart, ToolCallPart
from turnout.domain.inference.conversation import Sampling
from turnout.infrastructure.protocols.anthropic_messages.claude import Claude
from turnout.infrastructure.protocols.asked_thinking import AskedThinking
from turnout.infrastructure.protocols.turns import Turn

DEFAULT_MAX_TOKENS = 4096
"""The answer's limit where neither the caller nor the deployment names one: it must be set."""

MIN_BUDGET_TOKENS = 1024
_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 32768}
_EFFORTS = {"minimal": "low"} | {word: word for word in ("low", "medium", "high", "xhigh", "max")}
_OFF = {"type": "disabled"}
_ADAPTIVE = {"type": "adaptive", "display": "summarized"}


@dataclass(frozen=True, slots=True)
class Effort:
    """`thinking` and `effort` as they go into the body; `max_tokens` holds thinking and answer."""

    max_tokens: int
    thinking: dict[str, object] | None = None
    effort: str | None = None

    @property
    def thinks(self) -> bool:
        """Whether thinking is asked for, which bars other fields."""
        return self.thinking is not None and self.thinking != _OFF


@dataclass(frozen=True, slots=True)
class Setting:
    """What else bears on thinking; `forced` if the model has to call a tool."""

    deployment: Deployment
    model: Claude
    turns: Sequence[Turn]
    forced: bool


def plan_effort(
    asked: AskedThinking | None, sampling: Sampling, setting: Setting, dropped: list[str]
) -> Effort:
    """Return the effort asked for, as far as the rest of the request lets it be."""
    plain = Effort(_max_tokens(sampling, setting.deployment, dropped))
    if asked is None:
        return plain
    if asked.thinking.effort == "none":
        return replace(plain, thinking=dict(_OFF)) if setting.model.thinking else plain
    if setting.model.adaptive:
        return _adaptive(asked, plain, setting, dropped)
    if not setting.model.thinking or setting.forced or _bars_thinking(setting.turns):
        dropped.append(asked.field)
        return plain
    unlimited = sampling.max_output_tokens is None and setting.deployment.max_output_tokens is None
    return _budgeted(asked, plain, unlimited=unlimited, dropped=dropped)


def _max_tokens(sampling: Sampling, deployment: Deployment, dropped: list[str]) -> int:
    asked, limit = sampling.max_output_tokens, deployment.max_output_tokens
    if asked is None:
        return limit or DEFAULT_MAX_TOKENS
    if limit is not None and asked > limit:
        dropped.append("max_tokens")
        return limit
    return asked


def _adaptive(asked: AskedThinking, plain: Effort, setting: Setting, dropped: list[str]) -> Effort:
    """Ask by a word alone: a budget becomes the nearest one, and is named as lost."""
    budget = asked.thinking.budget_tokens
    effort = _EFFORTS.get(asked.thinking.effort or _word_for(budget or 0))
    if effort == "xhigh" and not setting.model.extra_high:
        effort = "high"
    if effort is None or budget is not None:
        dropped.append(asked.field)
    # A forced tool bars thinking, but not effort.
    return replace(plain, thinking=None if setting.forced else dict(_ADAPTIVE), effort=effort)


def _word_for(budget_tokens: int) -> str:
    return next((word for word, most in _BUDGETS.items() if budget_tokens <= most), "xhigh")


def _budgeted(
    asked: AskedThinking, plain: Effort, *, unlimited: bool, dropped: list[str]
) -> Effort:
    """Ask by a budget, which has to leave room for the answer."""
    wanted = asked.thinking.budget_tokens
    budget = wanted or _BUDGETS.get(asked.thinking.effort or "", 0)
    budget = max(budget, MIN_BUDGET_TOKENS) if budget else 0
    most = plain.max_tokens + budget if unlimited else plain.max_tokens
    if not budget or most <= MIN_BUDGET_TOKENS:
        dropped.append(asked.field)
        return plain
    if budget >= most:
        budget = max(MIN_BUDGET_TOKENS, most * 3 // 4)
    if wanted is not None and budget != wanted:
        dropped.append(asked.field)
    return replace(plain, max_tokens=most, thinking={"type": "enabled", "budget_tokens": budget})


def _bars_thinking(turns: Sequence[Turn]) -> bool:
    """Tell whether the model's last turn is one that no thinking may be added to.

    That is an answer to be continued, or tool calls whose thinking the caller did not send back.
    """
    if not turns or turns[-1].by_model:
        return bool(turns)
    last = next((turn for turn in reversed(turns) if turn.by_model), None)
    if last is None:
        return False
    parts = [placed.part for placed in last.placed]
    calls = any(isinstance(part, ToolCallPart) for part in parts)
    return calls and not any(isinstance(part, ReasoningPart) and is_own(part) for part in parts)


def is_own(part: ReasoningPart) -> bool:
    """Tell whether the thinking is Anthropic's; the proofs of other protocols hold a colon."""
    proof = part.redacted or part.signature
    return proof is not None and ":" not in proof
