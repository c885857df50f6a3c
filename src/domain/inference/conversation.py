"""A chat call in canonical form: what a codec needs to write it in its own protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from turnout.domain.inference.content import Extras, Message


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function that the model may ask for; `parameters` is a JSON Schema."""

    name: str
    description: str | None = None
    parameters: Mapping[str, object] | None = None
    strict: bool | None = None
    extras: Extras = field(default_factory=dict)


class ToolMode(StrEnum):
    """How far the model is free to use tools."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """The caller's say on tools; `name` goes with NAMED only."""

    mode: ToolMode
    name: str | None = None


class OutputKind(StrEnum):
    """The form that the answer must take."""

    TEXT = "text"
    JSON_OBJECT = "json_object"
    JSON_SCHEMA = "json_schema"


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form asked for; `schema` and the rest go with JSON_SCHEMA only."""

    kind: OutputKind
    name: str | None = None
    schema: Mapping[str, object] | None = None
    strict: bool | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the reply is drawn; None means that the caller did not say."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias: Mapping[str, float] | None = None
    choices: int | None = None


@dataclass(frozen=True, slots=True)
class Thinking:
    """How much the model should think: an `effort` word, a budget, or both.

    `effort` is OpenAI's scale (`none`, `minimal`, `low`, `medium`, `high`, `xhigh`).
    """

    effort: str | None = None
    budget_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole call.

    `leftovers` are the caller's top-level fields that have no canonical home, under the caller's
    own names; a codec carries those that its protocol knows and reports the rest as dropped.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    output: OutputFormat | None = None
    sampling: Sampling = Sampling()
    thinking: Thinking | None = None
    user: str | None = None
    leftovers: Mapping[str, object] = field(default_factory=dict)
