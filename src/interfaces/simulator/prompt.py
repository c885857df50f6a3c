"""What a request asks for, whichever protocol it came in."""

from enum import StrEnum
from typing import Any

from msgspec import Struct


class ToolMode(StrEnum):
    """Whether tools may, must or must not be called."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"


class Tool(Struct, frozen=True):
    """A function the model may call; `schema` is the JSON schema of its arguments."""

    name: str
    schema: dict[str, Any]


class ToolResult(Struct, frozen=True):
    """What a called tool gave back; the name is empty where the protocol does not repeat it."""

    name: str
    text: str


class CacheMark(Struct, frozen=True):
    """A prefix of the prompt that may be cached: its digest and how many tokens it holds."""

    digest: str
    tokens: int


class Prompt(Struct, frozen=True, kw_only=True):
    """A request for an answer. Empty tuples mean that nothing of the kind was sent.

    `tool_names` narrows what may be called; `tool_results` are those of the last turn only;
    `logprobs` is the number of alternatives wanted, None for no log probabilities at all;
    `prefill` is the begun answer that the last message holds.
    """

    model: str
    question: str
    stream: bool = False
    include_usage: bool = False
    tools: tuple[Tool, ...] = ()
    tool_mode: ToolMode = ToolMode.AUTO
    tool_names: tuple[str, ...] = ()
    parallel_tools: bool = True
    tool_results: tuple[ToolResult, ...] = ()
    images: int = 0
    sounds: int = 0
    documents: int = 0
    prefill: str = ""
    json_schema: dict[str, Any] | None = None
    json_wanted: bool = False
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    choices: int = 1
    logprobs: int | None = None
    reasoning_tokens: int = 0
    reasoning_shown: bool = False
    prompt_tokens: int = 0
    cache_marks: tuple[CacheMark, ...] = ()
