import json
from typing import Any

import pytest
from tests.support.simulators import PIXEL, SCHEMA, WEATHER_SCHEMA, refusal

from turnout.interfaces.simulator.gemini.request import read_prompt
from turnout.interfaces.simulator.prompt import Prompt, ToolMode, ToolResult

HELLO = {"role": "user", "parts": [{"text": "hello"}]}
TOOLS = [{"functionDeclarations": [{"name": "get_weather", "parameters": WEATHER_SCHEMA}]}]
CALLED = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}


def read(**fields: Any) -> Prompt:
    data = json.dumps({"contents": [HELLO], **fields}).encode()
    return read_prompt(data, "m", stream=False)


def configured(**fields: Any) -> Prompt:
    return read(generationConfig=fields)


def test_a_plain_question() -> None:
    prompt = read(systemInstruction={"parts": [{"text": "Be brief."}]}, safetySettings=[])
    assert (prompt.model, prompt.question) == ("m", "hello")
    assert prompt.prompt_tokens == (1 + 2) + (1 + 3)


def test_all_that_changes_the_answer() -> None:
    prompt = configured(
        candidateCount=2,
        maxOutputTokens=9,
        stopSequences=["end"],
        responseLogprobs=True,
        logprobs=3,
        responseMimeType="application/json",
        responseSchema=SCHEMA,
        topK=40,
    )
    assert (prompt.choices, prompt.max_tokens, prompt.stop) == (2, 9, ("end",))
    assert (prompt.logprobs, prompt.json_wanted, prompt.json_schema) == (3, True, SCHEMA)


def test_names_may_be_spelled_as_in_protos() -> None:
    data = {
        "contents": [{"parts": [{"inline_data": {"mime_type": "image/png", "data": PIXEL}}]}],
        "system_instruction": {"parts": [{"text": "x"}]},
        "generation_config": {"response_mime_type": "application/json", "response_schema": SCHEMA},
        "tools": [{"function_declarations": [{"name": "a_b", "parameters_json_schema": SCHEMA}]}],
    }
    prompt = read_prompt(json.dumps(data).encode(), "m", stream=True)
    assert (prompt.images, prompt.json_schema, prompt.stream) == (1, SCHEMA, True)
    assert [(tool.name, tool.schema) for tool in prompt.tools] == [("a_b", SCHEMA)]


def test_one_spelling_may_hold_the_other() -> None:
    prompt = configured(thinkingConfig={"include_thoughts": True, "thinkingBudget": 4})
    assert (prompt.reasoning_tokens, prompt.reasoning_shown) == (4, True)


def test_what_is_the_callers_own_keeps_its_spelling() -> None:
    result = {"function_response": {"name": "f", "response": {"its_key": {"a_b": 1}, "x": 2}}}
    prompt = read(contents=[HELLO, CALLED, {"role": "user", "parts": [result]}])
    assert prompt.tool_results == (ToolResult("f", '{"its_key":{"a_b":1},"x":2}'),)


def test_attachments() -> None:
    kinds = ["image/png", "audio/wav", "application/pdf", "text/plain"]
    parts = [{"inlineData": {"mimeType": kind, "data": "AA=="}} for kind in kinds]
    parts.append({"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/a"}})
    prompt = read(contents=[{"role": "user", "parts": parts}])
    assert (prompt.images, prompt.sounds, prompt.documents) == (2, 1, 2)
    assert prompt.prompt_tokens == 1 + 5 * 258


@pytest.mark.parametrize(
    ("config", "mode", "names"),
    [
        (None, ToolMode.AUTO, ()),
        ({}, ToolMode.AUTO, ()),
        ({"functionCallingConfig": {"mode": "NONE"}}, ToolMode.NONE, ()),
        (
            {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
            ToolMode.REQUIRED,
            ("f",),
        ),
    ],
)
def test_tool_choice(config: object, mode: ToolMode, names: tuple[str, ...]) -> None:
    prompt = read(tools=[*TOOLS, {"googleSearch": {}}], toolConfig=config)
    assert (prompt.tool_mode, prompt.tool_names) == (mode, names)
    assert [(tool.name, tool.schema) for tool in prompt.tools] == [("get_weather", WEATHER_SCHEMA)]


@pytest.mark.parametrize(
    ("response", "text"),
    [({"result": "rain"}, "rain"), ({"a": 1, "b": 2}, '{"a":1,"b":2}'), (None, "null")],
)
def test_results_of_the_last_turn(response: object, text: str) -> None:
    part = {"functionResponse": {"name": "f", "response": response}}
    prompt = read(contents=[HELLO, CALLED, {"role": "user", "parts": [part]}])
    assert prompt.tool_results == (ToolResult("f", text),)
    assert prompt.question == "hello"


@pytest.mark.parametrize(
    ("config", "tokens", "shown"),
    [
        ({}, 16, False),
        ({"thinkingBudget": 0}, 0, False),
        ({"thinkingBudget": -1, "includeThoughts": True}, 16, True),
        ({"thinkingBudget": 5}, 5, False),
        ({"thinkingLevel": "low"}, 8, False),
    ],
)
def test_thinking(config: dict[str, Any], tokens: int, shown: bool) -> None:
    prompt = configured(thinkingConfig=config)
    assert (prompt.reasoning_tokens, prompt.reasoning_shown) == (tokens, shown)


def test_prefill_and_cache() -> None:
    long = {"role": "user", "parts": [{"text": "word " * 1000}]}
    begun = {"role": "model", "parts": [{"text": "hm", "thought": True}, {"text": "I am"}]}
    prompt = read(contents=[long, begun])
    assert prompt.prefill == "I am"
    assert [mark.tokens for mark in prompt.cache_marks] == [1251]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contents": []}, "Invalid value at 'contents'"),
        ({"contents": [{"role": "assistant", "parts": []}]}, "valid role: user, model"),
        ({"stop": 1}, 'Unknown name "stop": Cannot find field'),
        (
            {"generationConfig": {"maxTokens": 1}},
            "Unknown name \"maxTokens\" at 'generationConfig'",
        ),
        ({"generationConfig": {"temperature": 3}}, "'generationConfig.temperature'"),
        ({"tools": [{"functionDeclarations": [{}]}]}, "functionDeclarations[0].name"),
        ({"contents": [HELLO, CALLED, HELLO]}, "number of function response parts"),
        (
            {"contents": [{"parts": [{"functionResponse": {"name": "f", "response": {}}}]}]},
            "number of function response parts",
        ),
    ],
)
def test_bad_fields(fields: dict[str, Any], words: str) -> None:
    assert words in refusal(read, **fields).failure.message


def test_bad_json() -> None:
    failure = refusal(read_prompt, b"{", "m", stream=False).failure
    assert failure.message.startswith("Invalid JSON payload received.")
