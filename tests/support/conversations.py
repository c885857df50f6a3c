"""Conversations to translate: short words for their parts, and hypothesis strategies for all."""

import base64
import json
from collections.abc import Callable

import msgspec
from hypothesis import strategies as st

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.capability import UNKNOWN_MODEL
from turnout.domain.inference.content import (
    DocumentPart,
    ImagePart,
    Media,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.conversation import (
    Conversation,
    OutputFormat,
    OutputKind,
    Sampling,
    Thinking,
    ToolChoice,
    ToolMode,
    ToolSpec,
)
from turnout.domain.shared.ids import ProviderId
from turnout.infrastructure.protocols.codec import WireRequest

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
WEATHER = ToolSpec(
    "get_weather",
    "Tells the weather.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)


def at(model: str, *, max_output_tokens: int | None = None) -> Deployment:
    """A model under its upstream name."""
    return Deployment(
        ProviderId("there"), "here", model, UNKNOWN_MODEL, max_output_tokens=max_output_tokens
    )


def system(text: str) -> Message:
    return Message(Role.SYSTEM, (TextPart(text),))


def user(*parts: Part | str) -> Message:
    return Message(Role.USER, _parts(parts))


def model(*parts: Part | str) -> Message:
    return Message(Role.ASSISTANT, _parts(parts))


def call(id: str = "call_1", name: str = "get_weather", **arguments: object) -> ToolCallPart:
    return ToolCallPart(id, name, json.dumps(arguments))


def result(id: str, *parts: TextPart | ImagePart | str, is_error: bool = False) -> Message:
    told = tuple(TextPart(part) if isinstance(part, str) else part for part in parts)
    return Message(Role.TOOL, (ToolResultPart(id, told, is_error=is_error),))


def written(wire: WireRequest) -> dict[str, object]:
    """The body of a request as an object."""
    return msgspec.json.decode(wire.body, type=dict[str, object])


def _parts(parts: tuple[Part | str, ...]) -> tuple[Part, ...]:
    return tuple(TextPart(part) if isinstance(part, str) else part for part in parts)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
_NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_-]{0,20}", fullmatch=True)
_CACHE = {"anthropic_messages": {"cache_control": {"type": "ephemeral"}}}
_EXTRAS = st.sampled_from([{}, {}, _CACHE])
_TEXTS = st.builds(TextPart, _WORDS, _EXTRAS)
_IMAGES = st.builds(
    ImagePart,
    st.sampled_from([Media(url="https://example.com/a.png"), Media(None, PNG, "image/png")]),
    st.sampled_from([None, "auto", "low", "high"]),
    _EXTRAS,
)
_DOCUMENTS = st.builds(
    DocumentPart,
    st.sampled_from([Media(None, PNG, "application/pdf"), Media(None, "aGk=", "text/plain")]),
    st.none() | _NAMES,
)
_THOUGHTS = st.builds(
    ReasoningPart,
    _WORDS,
    st.sampled_from([None, "c2lnbmVk", "gemini:c2lnbmVk"]),
    st.sampled_from([None, None, "c2VhbGVk"]),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=5,
)
_ARGUMENTS = st.dictionaries(_WORDS, _JSON, max_size=3).map(json.dumps) | _WORDS
_SCHEMAS = st.sampled_from(
    [
        WEATHER.parameters,
        {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}},
        {"type": "object", "additionalProperties": True},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "properties": {}}}},
    ]
)
_TOOLS = st.builds(
    ToolSpec,
    _NAMES,
    st.none() | _WORDS,
    st.none() | _SCHEMAS,
    st.sampled_from([None, False, True]),
    _EXTRAS,
)
_SAMPLINGS = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(1, 100),
    max_output_tokens=st.none() | st.integers(1, 100_000),
    stop=st.lists(_WORDS, max_size=4).map(tuple),
    seed=st.none() | st.integers(-(2**40), 2**40),
    presence_penalty=st.none() | st.floats(-2, 2),
    frequency_penalty=st.none() | st.floats(-2, 2),
    logprobs=st.none() | st.booleans(),
    top_logprobs=st.none() | st.integers(0, 20),
    logit_bias=st.none() | st.just({"50256": -100.0}),
    choices=st.none() | st.integers(1, 4),
)
_THINKINGS = st.builds(
    Thinking,
    st.sampled_from([None, "none", "minimal", "low", "medium", "high", "xhigh", "utmost"]),
    st.none() | st.integers(0, 40_000),
)
_OUTPUTS = st.builds(OutputFormat, st.sampled_from(OutputKind), _NAMES, _SCHEMAS)
_LEFTOVERS = st.fixed_dictionaries(
    {},
    optional={
        "store": st.booleans(),
        "service_tier": st.sampled_from(["auto", "default", "flex"]),
        "metadata": st.just({"user_id": "u"}) | st.just({"any": "thing"}),
        "thinking": st.sampled_from([{"type": "enabled", "budget_tokens": 2048}, {"type": "?"}]),
    },
)


@st.composite
def _exchanges(draw: Callable[[st.SearchStrategy[object]], object], index: int) -> list[Message]:
    """What the user says, and what the model makes of it, with the results of its calls."""
    said = draw(st.lists(_TEXTS | _IMAGES | _DOCUMENTS, min_size=1, max_size=3).map(tuple))
    messages = [Message(Role.USER, said, draw(st.none() | _NAMES))]  # type: ignore[arg-type]
    thoughts = draw(st.lists(_THOUGHTS, max_size=2).map(tuple))
    told = draw(st.lists(_TEXTS | st.builds(RefusalPart, _WORDS), max_size=2).map(tuple))
    names = draw(st.lists(_NAMES, max_size=3))
    assert isinstance(names, list)
    calls = tuple(
        ToolCallPart(f"call.{index}:{i}", name, draw(_ARGUMENTS))  # type: ignore[arg-type]
        for i, name in enumerate(names)
    )
    messages.append(Message(Role.ASSISTANT, (*thoughts, *told, *calls)))  # type: ignore[misc]
    for made in calls:
        parts = draw(st.lists(_TEXTS | _IMAGES, max_size=2).map(tuple))
        answer = ToolResultPart(made.id, parts, is_error=draw(st.booleans()))  # type: ignore[arg-type]
        messages.append(Message(Role.TOOL, (answer,)))
    return messages


@st.composite
def conversations(draw: Callable[[st.SearchStrategy[object]], object]) -> Conversation:
    """Any call that an ingress may hand over."""
    messages: list[Message] = []
    for index in range(draw(st.integers(1, 3))):  # type: ignore[call-overload]
        if draw(st.booleans()):
            role = draw(st.sampled_from([Role.SYSTEM, Role.DEVELOPER]))
            messages.append(Message(role, (draw(_TEXTS),)))  # type: ignore[arg-type]
        messages += draw(_exchanges(index))  # type: ignore[arg-type]
    messages.append(Message(Role.USER, (TextPart("And now?"),)))
    tools = draw(st.lists(_TOOLS, max_size=3, unique_by=lambda tool: tool.name).map(tuple))
    modes = [None, ToolMode.AUTO, ToolMode.NONE, ToolMode.REQUIRED]
    mode = draw(st.sampled_from(modes))
    return Conversation(
        tuple(messages),
        tools,  # type: ignore[arg-type]
        None if mode is None else ToolChoice(mode),  # type: ignore[arg-type]
        draw(st.sampled_from([None, True, False])),  # type: ignore[arg-type]
        draw(st.none() | _OUTPUTS),  # type: ignore[arg-type]
        draw(_SAMPLINGS),  # type: ignore[arg-type]
        draw(st.none() | _THINKINGS),  # type: ignore[arg-type]
        draw(st.none() | _NAMES),  # type: ignore[arg-type]
        draw(_LEFTOVERS),  # type: ignore[arg-type]
    )
