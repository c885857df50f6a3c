"""Decides what a simulator answers: the same prompt and profile always get the same answer."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator.billing import Tokens
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.prompt import Prompt, Tool, ToolMode, ToolResult
from turnout.interfaces.simulator.schemas import instance_of
from turnout.interfaces.simulator.tokens import digest, filler, pieces

_REFUSAL = "I cannot help with that."


class Finish(StrEnum):
    """Why an answer ends; each protocol has its own word for it."""

    STOP = "stop"
    STOP_SEQUENCE = "stop_sequence"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    REFUSED = "refused"


class ToolCall(Struct, frozen=True):
    """A call the model wants made; `fragments` are its arguments as JSON, cut into tokens."""

    name: str
    arguments: dict[str, Any]
    fragments: list[str]

    @property
    def arguments_json(self) -> str:
        return "".join(self.fragments)

    @property
    def tokens(self) -> int:
        """One for the name, and one per fragment."""
        return 1 + len(self.fragments)


class Answer(Struct, frozen=True, kw_only=True):
    """One choice: text in tokens, or tool calls, after reasoning in tokens where some was asked."""

    pieces: list[str]
    finish: Finish
    calls: tuple[ToolCall, ...] = ()
    reasoning: list[str] = []
    stop_sequence: str | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def tokens(self) -> int:
        """How many tokens are billed for it, reasoning and calls among them."""
        called = sum(call.tokens for call in self.calls)
        return len(self.pieces) + len(self.reasoning) + called


def compose(prompt: Prompt, profile: Profile, *, refused: bool = False) -> list[Answer]:
    """The answers, one for each choice that the prompt asks for."""
    if refused:
        return [Answer(pieces=pieces(_REFUSAL), finish=Finish.REFUSED)]
    reasoning = _reasoning(prompt)
    calls = _tool_calls(prompt)
    if calls:
        answer = Answer(pieces=[], finish=Finish.TOOL_CALLS, calls=calls, reasoning=reasoning)
        return [answer] * prompt.choices
    return [_text_answer(prompt, profile, reasoning, choice) for choice in range(prompt.choices)]


def billed(
    prompt: Prompt, answers: Sequence[Answer], *, cached: int = 0, cache_write: int = 0
) -> Tokens:
    """The tokens of the prompt and of all its answers."""
    return Tokens(
        prompt=prompt.prompt_tokens,
        cached=cached,
        cache_write=cache_write,
        completion=sum(answer.tokens for answer in answers),
        reasoning=sum(len(answer.reasoning) for answer in answers),
    )


def _text_answer(prompt: Prompt, profile: Profile, reasoning: list[str], choice: int) -> Answer:
    text = _text(prompt, profile, choice).removeprefix(prompt.prefill)
    finish, ended_by = Finish.STOP, _first_stop(text, prompt.stop)
    if ended_by is not None:
        text = text[: text.index(ended_by)]
        finish = Finish.STOP_SEQUENCE
    tokens = pieces(text)
    if prompt.max_tokens is not None:
        room = max(0, prompt.max_tokens - len(reasoning))
        if len(tokens) > room:
            tokens, finish, ended_by = tokens[:room], Finish.LENGTH, None
    return Answer(pieces=tokens, finish=finish, reasoning=reasoning, stop_sequence=ended_by)


def _text(prompt: Prompt, profile: Profile, choice: int) -> str:
    mark = digest(prompt.question)
    if prompt.json_schema is not None:
        return encode(instance_of(prompt.json_schema, f"{mark}/{choice}")).decode()
    if prompt.json_wanted:
        return encode({"simulator": profile.name, "model": prompt.model, "digest": mark}).decode()
    text = _sentences(prompt, profile, mark)
    if choice:
        text += f" This is choice {choice + 1}."
    return text if profile.answer_tokens is None else _fitted(text, profile.answer_tokens, mark)


def _sentences(prompt: Prompt, profile: Profile, mark: str) -> str:
    if profile.answer is not None:
        known = {
            "name": profile.name,
            "model": prompt.model,
            "digest": mark,
            "question": prompt.question,
        }
        return _filled(profile.answer, known)
    text = f"{profile.name} ({prompt.model}) here: your message has the digest {mark}."
    return text + _received(prompt) + "".join(map(_quoted, prompt.tool_results))


def _received(prompt: Prompt) -> str:
    counts = (prompt.images, "image"), (prompt.sounds, "sound"), (prompt.documents, "document")
    named = [f"{count} {thing}{'s' if count > 1 else ''}" for count, thing in counts if count]
    return f" I received {' and '.join(named)}." if named else ""


def _quoted(result: ToolResult) -> str:
    return f" The tool {result.name or 'that you called'} said: {result.text}"


def _filled(template: str, known: dict[str, str]) -> str:
    """Fill only the known places, so that an answer may hold any other braces."""
    for name, value in known.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _fitted(text: str, tokens: int, salt: str) -> str:
    cut = pieces(text)[:tokens]
    return "".join(cut + filler(tokens - len(cut), salt))


def _first_stop(text: str, stops: tuple[str, ...]) -> str | None:
    found = [stop for stop in stops if stop and stop in text]
    return min(found, key=text.index) if found else None


def _reasoning(prompt: Prompt) -> list[str]:
    if not prompt.reasoning_tokens:
        return []
    begun = pieces(f"Thinking about {digest(prompt.question)}:")[: prompt.reasoning_tokens]
    return begun + filler(prompt.reasoning_tokens - len(begun), prompt.question[:64])


def _tool_calls(prompt: Prompt) -> tuple[ToolCall, ...]:
    chosen = _tools_to_call(prompt)
    if not chosen:
        return ()
    mark = digest(prompt.question)
    return tuple(_called(tool, f"{mark}/{position}") for position, tool in enumerate(chosen))


def _tools_to_call(prompt: Prompt) -> list[Tool]:
    """Each tool as often as the question names it; where a call is required, at least one."""
    if prompt.tool_mode is ToolMode.NONE or not prompt.tools:
        return []
    offered = [tool for tool in prompt.tools if tool.name in (prompt.tool_names or (tool.name,))]
    named = [tool for tool in offered for _ in range(prompt.question.count(tool.name))]
    if prompt.tool_mode is ToolMode.AUTO:
        chosen = [] if prompt.tool_results else named
    else:
        chosen = named or offered[:1]
    return chosen if prompt.parallel_tools else chosen[:1]


def _called(tool: Tool, salt: str) -> ToolCall:
    arguments = instance_of({"type": "object", **tool.schema}, salt)
    if not isinstance(arguments, dict):
        arguments = {}
    return ToolCall(tool.name, arguments, pieces(encode(arguments).decode()))
