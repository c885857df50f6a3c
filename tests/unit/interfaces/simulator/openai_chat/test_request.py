import json
from typing import Any

import pytest
from tests.support.simulators import PIXEL, SCHEMA, WEATHER_SCHEMA, refusal

from turnout.interfaces.simulator.openai_chat.request import read_prompt
from turnout.interfaces.simulator.prompt import Prompt, ToolMode, ToolResult

HELLO = {"role": "user", "content": "hello"}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER_SCHEMA}}
CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [HELLO], **fields}).encode()


def read(**fields: Any) -> Prompt:
    return read_prompt(body(**fields))


def test_a_plain_question() -> None:
    prompt = read(unheard_of=1)
    assert (prompt.model, prompt.question, prompt.stream) == ("m", "hello", False)
    assert prompt.prompt_tokens == 3 + 4 + 2


def test_all_that_changes_the_answer() -> None:
    prompt = read(
        stream=True,
        stream_options={"include_usage": True},
        n=2,
        stop="end",
        max_tokens=5,
        max_completion_tokens=9,
        logprobs=True,
        top_logprobs=3,
        reasoning_effort="low",
        parallel_tool_calls=False,
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}},
    )
    assert (prompt.stream, prompt.include_usage, prompt.choices) == (True, True, 2)
    assert (prompt.stop, prompt.max_tokens, prompt.logprobs) == (("end",), 9, 3)
    assert (prompt.reasoning_tokens, prompt.parallel_tools) == (8, False)
    assert prompt.json_schema == SCHEMA


def test_parts_of_a_message() -> None:
    parts = [
        {"type": "text", "text": "what"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
        {"type": "file", "file": {"file_id": "f"}},
        {"type": "text", "text": "is this"},
    ]
    prompt = read(messages=[HELLO, {"role": "user", "content": parts}])
    assert prompt.question == "what\nis this"
    assert (prompt.images, prompt.sounds, prompt.documents) == (1, 1, 1)


@pytest.mark.parametrize(
    ("choice", "mode", "names"),
    [
        ("auto", ToolMode.AUTO, ()),
        ("none", ToolMode.NONE, ()),
        ("required", ToolMode.REQUIRED, ()),
        ({"type": "function", "function": {"name": "f"}}, ToolMode.REQUIRED, ("f",)),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "f"}}],
                },
            },
            ToolMode.REQUIRED,
            ("f",),
        ),
    ],
)
def test_tool_choice(choice: object, mode: ToolMode, names: tuple[str, ...]) -> None:
    prompt = read(tools=[TOOL, {"type": "custom", "custom": {"name": "x"}}], tool_choice=choice)
    assert (prompt.tool_mode, prompt.tool_names) == (mode, names)
    assert [(tool.name, tool.schema) for tool in prompt.tools] == [("get_weather", WEATHER_SCHEMA)]


def test_results_of_the_last_turn() -> None:
    result = {"role": "tool", "tool_call_id": "c1", "content": "rain"}
    prompt = read(messages=[HELLO, {"role": "assistant", "tool_calls": [CALL]}, result])
    assert prompt.tool_results == (ToolResult("get_weather", "rain"),)
    assert prompt.question == "hello"


def test_a_begun_answer() -> None:
    prompt = read(messages=[HELLO, {"role": "assistant", "content": "I am"}])
    assert prompt.prefill == "I am"


def test_long_beginnings_are_cached() -> None:
    system = {"role": "system", "content": "word " * 1000}
    [mark] = read(messages=[system, HELLO]).cache_marks
    assert mark.tokens == 1250 + 4
    assert read().cache_marks == ()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"messages": []}, "messages", "length >= 1"),
        ({"messages": [{"role": "robot"}]}, "messages[0].role", "robot"),
        ({"messages": [{"role": "user", "content": [{"type": "x"}]}]}, None, "content[0].type"),
        ({"temperature": 3}, "temperature", "<= 2"),
        ({"max_tokens": 0}, "max_tokens", ">= 1"),
        ({"n": "two"}, "n", "int"),
        ({"stop": ["a"] * 5}, "stop", "length <= 4"),
        ({"reasoning_effort": "huge"}, "reasoning_effort", "'low'"),
        ({"messages": [{"role": "tool", "tool_call_id": "c1"}]}, "messages[0].role", "tool_calls"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [CALL]}, HELLO]},
            "messages[1].role",
            "c1",
        ),
    ],
)
def test_bad_fields_are_named(fields: dict[str, Any], field: str | None, words: str) -> None:
    failure = refusal(read, **fields).failure
    assert words in failure.message
    assert failure.field == (field or failure.field)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "could not parse the JSON"),
        (b"{}", "you must provide a model parameter"),
        (b'{"model": "m"}', "Missing required parameter: 'messages'."),
    ],
)
def test_bad_bodies(data: bytes, words: str) -> None:
    assert words in refusal(read_prompt, data).failure.message
