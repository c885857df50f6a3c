import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.conversations import (
    WEATHER,
    at,
    conversations,
    system,
    user,
    written,
)

from turnout.domain.inference.content import Extras
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
from turnout.infrastructure.protocols.codec import WireRequest
from turnout.infrastructure.protocols.gemini.encode import encode_request

MODELS = ("gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-flash", "gemini-flash-latest", "gemma-3")
LOOSE = ToolSpec("loose", None, {"type": "object"})
STRICT = ToolSpec("strict", "S.", {"type": "object"}, strict=True)


def encoded(
    upstream: str = "gemini-3-flash", *, stream: bool = False, **said: object
) -> WireRequest:
    conversation = Conversation((user("a"),), **said)  # type: ignore[arg-type]
    return encode_request(conversation, at(upstream), stream=stream)


def config(wire: WireRequest) -> object:
    return written(wire).get("generationConfig", {})


@settings(deadline=None, max_examples=60)
@given(conversations(), st.sampled_from(MODELS), st.booleans())
def test_whatever_is_asked_becomes_a_body_that_googles_client_knows(
    conversation: Conversation, upstream: str, stream: bool
) -> None:
    body = written(encode_request(conversation, at(upstream), stream=stream))
    contents = [types.Content.model_validate(each) for each in body.pop("contents")]  # type: ignore[attr-defined]
    assert all(each.parts for each in contents)
    roles = [each.role for each in contents]
    assert all(roles[i] != roles[i + 1] for i in range(len(roles) - 1))
    for name, kind in (
        ("systemInstruction", types.Content),
        ("toolConfig", types.ToolConfig),
        ("generationConfig", types.GenerationConfig),
    ):
        if name in body:
            kind.model_validate(body.pop(name))
    for tool in body.pop("tools", []):  # type: ignore[attr-defined]
        types.Tool.model_validate(tool)
    assert body == {}


@settings(deadline=None, max_examples=20)
@given(conversations(), st.sampled_from(MODELS))
def test_the_same_call_gives_the_same_bytes(conversation: Conversation, upstream: str) -> None:
    first = encode_request(conversation, at(upstream), stream=False)
    assert first == encode_request(conversation, at(upstream), stream=False)


def test_a_plain_question() -> None:
    conversation = Conversation((system("Be brief."), user("Hi")))
    wire = encode_request(conversation, at("gemini-2.5-flash"), stream=False)
    assert written(wire) == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    }
    assert (wire.headers, wire.dropped) == ((), ())


def test_tools() -> None:
    extras: Extras = {"anthropic_messages": {"cache_control": {}}}
    bare = ToolSpec("bare", extras=extras)
    wire = encoded(tools=(WEATHER, bare))
    assert written(wire)["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "get_weather",
                    "description": "Tells the weather.",
                    "parametersJsonSchema": WEATHER.parameters,
                },
                {"name": "bare"},
            ]
        }
    ]
    assert wire.dropped == ("tools[1].cache_control",)


@pytest.mark.parametrize(
    ("tools", "choice", "calling", "dropped"),
    [
        ((LOOSE,), None, None, ()),
        ((LOOSE,), ToolChoice(ToolMode.AUTO), {"mode": "AUTO"}, ()),
        ((LOOSE,), ToolChoice(ToolMode.NONE), {"mode": "NONE"}, ()),
        ((LOOSE,), ToolChoice(ToolMode.REQUIRED), {"mode": "ANY"}, ()),
        (
            (LOOSE,),
            ToolChoice(ToolMode.NAMED, "loose"),
            {"mode": "ANY", "allowedFunctionNames": ["loose"]},
            (),
        ),
        ((STRICT,), None, {"mode": "VALIDATED"}, ()),
        ((LOOSE, STRICT), None, None, ("tools[1].function.strict",)),
        ((LOOSE, STRICT), ToolChoice(ToolMode.REQUIRED), {"mode": "ANY"}, ()),
        ((), ToolChoice(ToolMode.AUTO), None, ()),
    ],
)
def test_the_choice_of_tools(
    tools: tuple[ToolSpec, ...],
    choice: ToolChoice | None,
    calling: dict[str, object] | None,
    dropped: tuple[str, ...],
) -> None:
    wire = encoded(tools=tools, tool_choice=choice)
    expected = None if calling is None else {"functionCallingConfig": calling}
    assert written(wire).get("toolConfig") == expected
    assert wire.dropped == dropped


def test_calls_cannot_be_kept_apart() -> None:
    assert encoded(tools=(LOOSE,), parallel_tools=False).dropped == ("parallel_tool_calls",)
    assert encoded(tools=(LOOSE,), parallel_tools=True).dropped == ()
    assert encoded(parallel_tools=False).dropped == ()


def test_sampling() -> None:
    sampling = Sampling(
        temperature=1.5,
        top_p=0.9,
        top_k=40,
        max_output_tokens=100,
        stop=("END",),
        seed=7,
        presence_penalty=0.5,
        frequency_penalty=-0.5,
        logprobs=True,
        top_logprobs=3,
        choices=2,
    )
    wire = encoded(sampling=sampling)
    assert config(wire) == {
        "temperature": 1.5,
        "topP": 0.9,
        "topK": 40,
        "maxOutputTokens": 100,
        "stopSequences": ["END"],
        "seed": 7,
        "presencePenalty": 0.5,
        "frequencyPenalty": -0.5,
        "candidateCount": 2,
        "responseLogprobs": True,
        "logprobs": 3,
    }
    assert wire.dropped == ()


@pytest.mark.parametrize(
    ("sampling", "dropped"),
    [
        (Sampling(choices=1, logprobs=False, logit_bias={}), ()),
        (Sampling(seed=2**31), ("seed",)),
        (Sampling(logit_bias={"1": 5.0}), ("logit_bias",)),
    ],
)
def test_what_has_no_place_is_named(sampling: Sampling, dropped: tuple[str, ...]) -> None:
    wire = encoded(sampling=sampling)
    assert (config(wire), wire.dropped) == ({}, dropped)


def test_streams_have_no_log_probabilities() -> None:
    wire = encoded(stream=True, sampling=Sampling(logprobs=True, top_logprobs=3))
    assert (config(wire), wire.dropped) == ({}, ("logprobs", "top_logprobs"))


@pytest.mark.parametrize(
    ("output", "sent"),
    [
        (OutputFormat(OutputKind.TEXT), {}),
        (OutputFormat(OutputKind.JSON_OBJECT), {"responseMimeType": "application/json"}),
        (
            OutputFormat(OutputKind.JSON_SCHEMA, "n", {"type": "object"}, True, "What."),
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object", "description": "What."},
            },
        ),
        (
            OutputFormat(OutputKind.JSON_SCHEMA, "n", {"$ref": "#/$defs/a"}, None, "What."),
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {"$ref": "#/$defs/a"},
            },
        ),
    ],
)
def test_the_form_of_the_answer(output: OutputFormat, sent: dict[str, object]) -> None:
    wire = encoded(output=output)
    assert (config(wire), wire.dropped) == (sent, ())


@pytest.mark.parametrize(
    ("upstream", "thinking", "sent", "dropped"),
    [
        ("gemini-3-flash", Thinking("low"), {"thinkingLevel": "LOW", "includeThoughts": True}, ()),
        (
            "gemini-3-flash",
            Thinking("low", 600),
            {"thinkingBudget": 600, "includeThoughts": True},
            (),
        ),
        (
            "gemini-2.5-flash",
            Thinking("none"),
            {"thinkingBudget": 0, "includeThoughts": False},
            (),
        ),
        (
            "gemini-2.5-pro",
            Thinking("none"),
            {"thinkingBudget": 128, "includeThoughts": False},
            ("reasoning_effort",),
        ),
        ("gemini-2.5-pro", Thinking("utmost"), None, ("reasoning_effort",)),
        ("gemini-2.0-flash", Thinking("low"), None, ("reasoning_effort",)),
        ("gemini-2.0-flash", Thinking(None, 100), None, ("reasoning.max_tokens",)),
        ("gemini-2.0-flash", Thinking("none"), None, ()),
    ],
)
def test_thinking(
    upstream: str,
    thinking: Thinking,
    sent: dict[str, object] | None,
    dropped: tuple[str, ...],
) -> None:
    wire = encoded(upstream, thinking=thinking)
    assert config(wire) == ({} if sent is None else {"thinkingConfig": sent})
    assert wire.dropped == dropped


def test_own_fields_go_through_in_either_spelling_and_others_are_named() -> None:
    settings_ = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    leftovers: dict[str, object] = {
        "safety_settings": settings_,
        "cachedContent": "cachedContents/a",
        "labels": {"team": "t"},
        "generation_config": {"media_resolution": "MEDIA_RESOLUTION_LOW", "topK": 3},
        "extra_body": {"google": {"thinking_config": {"thinkingBudget": 5}, "more": 1}},
        "store": True,
    }
    wire = encoded(sampling=Sampling(temperature=0.5), user="u", leftovers=leftovers)
    body = written(wire)
    assert body["safetySettings"] == settings_
    assert body["cachedContent"] == "cachedContents/a"
    assert body["labels"] == {"team": "t"}
    assert body["generationConfig"] == {
        "temperature": 0.5,
        "mediaResolution": "MEDIA_RESOLUTION_LOW",
        "topK": 3,
        "thinkingConfig": {"thinkingBudget": 5},
    }
    assert wire.dropped == ("user", "more", "store")
