import json
from typing import Any

import pytest
from tests.support.simulators import PIXEL, SCHEMA, WEATHER_SCHEMA, refusal

from turnout.interfaces.simulator.anthropic_messages.request import read_prompt, read_tokens
from turnout.interfaces.simulator.anthropic_messages.signatures import signature_of
from turnout.interfaces.simulator.prompt import Prompt, ToolMode, ToolResult

HELLO = {"role": "user", "content": "hello"}
TOOL = {"name": "get_weather", "input_schema": WEATHER_SCHEMA}
USE = {"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Rome"}}
KEPT = {"type": "ephemeral"}


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "max_tokens": 2000, "messages": [HELLO], **fields}).encode()


def read(**fields: Any) -> Prompt:
    return read_prompt(body(**fields))


def result(content: object) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    return {"role": "user", "content": [block]}


def test_a_plain_question() -> None:
    prompt = read(system="Be brief.", metadata={"user_id": "u"}, top_k=3)
    assert (prompt.model, prompt.question, prompt.max_tokens) == ("m", "hello", 2000)
    assert prompt.prompt_tokens == 8 + 3 + 4 + 2


def test_attachments() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    parts = [
        {"type": "text", "text": "what"},
        {"type": "image", "source": source},
        {"type": "document", "source": {"type": "text", "data": "x"}},
    ]
    prompt = read(messages=[{"role": "user", "content": parts}])
    assert (prompt.question, prompt.images, prompt.documents) == ("what", 1, 1)
    assert prompt.prompt_tokens > 1600


@pytest.mark.parametrize(
    ("choice", "mode", "names", "parallel"),
    [
        (None, ToolMode.AUTO, (), True),
        ({"type": "auto", "disable_parallel_tool_use": True}, ToolMode.AUTO, (), False),
        ({"type": "any"}, ToolMode.REQUIRED, (), True),
        ({"type": "tool", "name": "f"}, ToolMode.REQUIRED, ("f",), True),
        ({"type": "none"}, ToolMode.NONE, (), True),
    ],
)
def test_tool_choice(
    choice: object, mode: ToolMode, names: tuple[str, ...], parallel: bool
) -> None:
    prompt = read(tools=[TOOL], tool_choice=choice)
    assert (prompt.tool_mode, prompt.tool_names, prompt.parallel_tools) == (mode, names, parallel)
    assert [(tool.name, tool.schema) for tool in prompt.tools] == [("get_weather", WEATHER_SCHEMA)]


@pytest.mark.parametrize("content", ["rain", [{"type": "text", "text": "rain"}]])
def test_results_of_the_last_turn(content: object) -> None:
    prompt = read(messages=[HELLO, {"role": "assistant", "content": [USE]}, result(content)])
    assert prompt.tool_results == (ToolResult("get_weather", "rain"),)
    assert prompt.question == "hello"


def test_schema_stop_and_prefill() -> None:
    prompt = read(
        messages=[HELLO, {"role": "assistant", "content": "I am"}],
        stop_sequences=["end"],
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
    )
    assert (prompt.prefill, prompt.stop, prompt.json_schema) == ("I am", ("end",), SCHEMA)


@pytest.mark.parametrize(
    ("thinking", "tokens"),
    [
        (None, 0),
        ({"type": "disabled"}, 0),
        ({"type": "adaptive"}, 16),
        ({"type": "enabled", "budget_tokens": 1024}, 16),
    ],
)
def test_thinking(thinking: object, tokens: int) -> None:
    assert read(thinking=thinking).reasoning_tokens == tokens


def test_thinking_comes_back_with_its_signature() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": signature_of("hm")}
    turns = [HELLO, {"role": "assistant", "content": [thought, USE]}, result("rain")]
    assert read(messages=turns).tool_results
    forged = {**thought, "signature": signature_of("ha")}
    failure = refusal(read, messages=[HELLO, {"role": "assistant", "content": [forged]}]).failure
    assert failure.message == "messages.1.content: Invalid `signature` in `thinking` block"


def test_marks_for_the_cache() -> None:
    system = [{"type": "text", "text": "long " * 40, "cache_control": KEPT}]
    parts = [{"type": "text", "text": "also", "cache_control": KEPT}, {"type": "text", "text": "x"}]
    tools = [{**TOOL, "cache_control": KEPT}]
    message = {"role": "user", "content": parts}
    marks = read(system=system, tools=tools, messages=[message]).cache_marks
    assert [mark.tokens for mark in marks] == sorted(mark.tokens for mark in marks)
    assert len({mark.digest for mark in marks}) == 3
    assert read(cache_control=KEPT).cache_marks[0].tokens == 2
    assert read(system=system, tools=tools).cache_marks[:2] == marks[:2]


def test_counting() -> None:
    fields = json.loads(body(system="Be brief."))
    del fields["max_tokens"]
    assert read_tokens(json.dumps(fields).encode()) == ("m", 17)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"max_tokens": 0}, "max_tokens: Expected `int` >= 1"),
        ({"temperature": 1.5}, "temperature: Expected `float` <= 1"),
        ({"frequency_penalty": 1}, "frequency_penalty: Extra inputs are not permitted"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages.0.role: Invalid enum"),
        ({"messages": [result("x")]}, "messages.0.content: `tool_result` blocks without"),
        ({"messages": [{"role": "assistant", "content": [USE]}, HELLO]}, "without `tool_result`"),
        ({"thinking": {"type": "enabled", "budget_tokens": 10}}, "at least 1024"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "must be greater than"),
        (
            {
                "thinking": {"type": "enabled", "budget_tokens": 1024},
                "tool_choice": {"type": "any"},
            },
            "Thinking may not be enabled",
        ),
    ],
)
def test_bad_fields(fields: dict[str, Any], words: str) -> None:
    assert words in refusal(read, **fields).failure.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not valid JSON"),
        (b'{"model": "m", "messages": [{"role": "user", "content": "x"}]}', "max_tokens: Field"),
        (b'{"model": "m", "max_tokens": 1, "messages": []}', "messages: "),
    ],
)
def test_bad_bodies(data: bytes, words: str) -> None:
    assert words in refusal(read_prompt, data).failure.message
