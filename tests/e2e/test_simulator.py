"""The providers' official clients talk to the simulator as they do to the providers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anthropic
import httpx
import openai
import pytest
from google import genai
from google.genai import errors as google_errors
from google.genai import types
from pydantic import BaseModel
from tests.support.simulators import PIXEL, WEATHER_SCHEMA

from turnout.interfaces.simulator import ErrorKind, Profile, Simulator

HELLO: Any = [{"role": "user", "content": "hello"}]
ASK_WEATHER: Any = [{"role": "user", "content": "get_weather and get_weather again"}]
OPENAI_TOOLS: Any = [
    {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER_SCHEMA}}
]
ANTHROPIC_TOOLS: Any = [{"name": "get_weather", "input_schema": WEATHER_SCHEMA}]
GOOGLE_TOOLS = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(name="get_weather", parameters_json_schema=WEATHER_SCHEMA)
    ]
)
SLOW = Profile(name="slow", first_token_delay_seconds=0, token_delay_seconds=3600)
HANG_UP_SECONDS = 5


class Person(BaseModel):
    name: str
    age: int
    pets: list[str]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(Profile(name="alpha", record=3)) as simulator:
        yield simulator


@pytest.fixture
async def chat(simulator: Simulator) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai_client(simulator) as client:
        yield client


@pytest.fixture
async def claude(simulator: Simulator) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic_client(simulator) as client:
        yield client


@pytest.fixture
async def gemini(simulator: Simulator) -> AsyncIterator[Any]:
    async with google_client(simulator) as client:
        yield client


def openai_client(simulator: Simulator, key: str = "k") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{simulator.base_url}/v1", api_key=key, max_retries=0)


def anthropic_client(simulator: Simulator, key: str = "k") -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=simulator.base_url, api_key=key, max_retries=0)


@asynccontextmanager
async def google_client(simulator: Simulator, key: str = "k") -> AsyncIterator[Any]:
    options = types.HttpOptions(base_url=simulator.base_url)
    client = genai.Client(api_key=key, http_options=options)
    async with client.aio as asynchronous:
        yield asynchronous
    client.close()


# OpenAI


async def test_openai_text_and_usage(chat: openai.AsyncOpenAI, simulator: Simulator) -> None:
    reply = await chat.chat.completions.create(
        model="gpt-x", messages=HELLO, reasoning_effort="low"
    )
    assert reply.choices[0].message.content is not None
    assert "alpha (gpt-x)" in reply.choices[0].message.content
    assert reply.model == "gpt-x"
    assert reply.usage is not None
    assert reply.usage.completion_tokens_details is not None
    assert reply.usage.completion_tokens_details.reasoning_tokens == 8
    assert reply.usage.total_tokens == (
        simulator.counts.tokens["gpt-x"].prompt + simulator.counts.tokens["gpt-x"].completion
    )


async def test_openai_stream_is_the_whole_answer(chat: openai.AsyncOpenAI) -> None:
    whole = await chat.chat.completions.create(model="m", messages=HELLO)
    stream = await chat.chat.completions.create(
        model="m", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    texts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(texts) == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


async def test_openai_tools_there_and_back(chat: openai.AsyncOpenAI) -> None:
    asked = await chat.chat.completions.create(model="m", messages=ASK_WEATHER, tools=OPENAI_TOOLS)
    message = asked.choices[0].message
    assert asked.choices[0].finish_reason == "tool_calls"
    assert message.tool_calls is not None
    results: Any = [
        {"role": "tool", "tool_call_id": call.id, "content": f"{18 + position} degrees"}
        for position, call in enumerate(message.tool_calls)
    ]
    history = [*ASK_WEATHER, message.model_dump(exclude_none=True), *results]
    told = await chat.chat.completions.create(model="m", messages=history, tools=OPENAI_TOOLS)
    assert told.choices[0].message.content is not None
    assert "18 degrees" in told.choices[0].message.content
    assert "19 degrees" in told.choices[0].message.content


async def test_openai_streamed_calls_add_up_to_the_whole_ones(chat: openai.AsyncOpenAI) -> None:
    request: Any = {"model": "m", "messages": ASK_WEATHER, "tools": OPENAI_TOOLS}
    whole = await chat.chat.completions.create(**request)
    async with chat.chat.completions.stream(**request) as stream:
        final = await stream.get_final_completion()
    wanted, got = whole.choices[0].message.tool_calls, final.choices[0].message.tool_calls
    assert wanted is not None
    assert got is not None
    assert [call.function.arguments for call in got] == [call.function.arguments for call in wanted]


async def test_openai_images_and_audio(chat: openai.AsyncOpenAI) -> None:
    parts: Any = [
        {"type": "text", "text": "what is this"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
    ]
    reply = await chat.chat.completions.create(
        model="m", messages=[{"role": "user", "content": parts}]
    )
    assert "I received 1 image and 1 sound." in (reply.choices[0].message.content or "")


async def test_openai_json_schema(chat: openai.AsyncOpenAI) -> None:
    reply = await chat.chat.completions.parse(model="m", messages=HELLO, response_format=Person)
    assert isinstance(reply.choices[0].message.parsed, Person)
    plain = await chat.chat.completions.create(
        model="m", messages=HELLO, response_format={"type": "json_object"}
    )
    assert json.loads(plain.choices[0].message.content or "")["model"] == "m"


async def test_openai_choices_stop_length_and_logprobs(chat: openai.AsyncOpenAI) -> None:
    several = await chat.chat.completions.create(
        model="m", messages=HELLO, n=3, logprobs=True, top_logprobs=2
    )
    assert len({choice.message.content for choice in several.choices}) == 3
    assert several.choices[0].logprobs is not None
    assert several.choices[0].logprobs.content is not None
    assert len(several.choices[0].logprobs.content[0].top_logprobs) == 2
    stopped = await chat.chat.completions.create(model="m", messages=HELLO, stop=["here"])
    assert (stopped.choices[0].message.content or "").endswith("(m) ")
    cut = await chat.chat.completions.create(model="m", messages=HELLO, max_completion_tokens=3)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 3


async def test_openai_embeddings_and_models(chat: openai.AsyncOpenAI) -> None:
    packed = await chat.embeddings.create(model="e", input=["a", "b"], dimensions=16)
    plain = await chat.embeddings.create(
        model="e", input=["a", "b"], dimensions=16, encoding_format="float"
    )
    assert [one.embedding for one in packed.data] == [
        pytest.approx(one.embedding) for one in plain.data
    ]
    listed = [model.id async for model in chat.models.list()]
    assert (await chat.models.retrieve(listed[0])).id == listed[0]


async def test_openai_client_without_asyncio(simulator: Simulator) -> None:
    def talk() -> tuple[str, str]:
        with openai.OpenAI(base_url=f"{simulator.base_url}/v1", api_key="k") as client:
            whole = client.chat.completions.create(model="m", messages=HELLO)
            stream = client.chat.completions.create(model="m", messages=HELLO, stream=True)
            streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        return whole.choices[0].message.content or "", streamed

    whole, streamed = await asyncio.to_thread(talk)
    assert whole == streamed != ""


# Anthropic


async def test_anthropic_text_and_usage(
    claude: anthropic.AsyncAnthropic, simulator: Simulator
) -> None:
    message = await claude.messages.create(
        model="claude-x", max_tokens=100, system="Be brief.", messages=HELLO
    )
    [block] = message.content
    assert block.type == "text"
    assert "alpha (claude-x)" in block.text
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == simulator.counts.tokens["claude-x"].completion
    assert message.usage.input_tokens == simulator.counts.tokens["claude-x"].prompt


async def test_anthropic_stream_is_the_whole_message(claude: anthropic.AsyncAnthropic) -> None:
    request: Any = {
        "model": "m",
        "max_tokens": 2000,
        "messages": HELLO,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }
    whole = await claude.messages.create(**request)
    async with claude.messages.stream(**request) as stream:
        final = await stream.get_final_message()
    assert [block.model_dump() for block in final.content] == [
        block.model_dump() for block in whole.content
    ]
    assert final.usage.output_tokens == whole.usage.output_tokens
    assert [block.type for block in whole.content] == ["thinking", "text"]


async def test_anthropic_tools_and_thinking_there_and_back(
    claude: anthropic.AsyncAnthropic,
) -> None:
    request: Any = {
        "model": "m",
        "max_tokens": 2000,
        "tools": ANTHROPIC_TOOLS,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }
    async with claude.messages.stream(messages=ASK_WEATHER, **request) as stream:
        asked = await stream.get_final_message()
    assert asked.stop_reason == "tool_use"
    calls = [block for block in asked.content if block.type == "tool_use"]
    assert [call.input.keys() for call in calls] == [{"city", "days"}] * 2
    results: Any = [
        {"type": "tool_result", "tool_use_id": call.id, "content": f"{18 + n} degrees"}
        for n, call in enumerate(calls)
    ]
    turns: Any = [
        *ASK_WEATHER,
        {"role": "assistant", "content": asked.content},
        {"role": "user", "content": results},
    ]
    told = await claude.messages.create(messages=turns, **request)
    text = told.content[-1]
    assert text.type == "text"
    assert "18 degrees" in text.text
    assert "19 degrees" in text.text


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
async def test_anthropic_forced_tools(claude: anthropic.AsyncAnthropic, choice: Any) -> None:
    message = await claude.messages.create(
        model="m", max_tokens=99, messages=HELLO, tools=ANTHROPIC_TOOLS, tool_choice=choice
    )
    assert [block.type for block in message.content] == ["tool_use"]


async def test_anthropic_attachments_stops_and_length(claude: anthropic.AsyncAnthropic) -> None:
    image = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    document = {"type": "text", "media_type": "text/plain", "data": "words"}
    parts: Any = [
        {"type": "image", "source": image},
        {"type": "document", "source": document},
        {"type": "text", "text": "what are these"},
    ]
    asked: Any = [{"role": "user", "content": parts}]
    message = await claude.messages.create(model="m", max_tokens=99, messages=asked)
    assert "I received 1 image and 1 document." in message.content[0].text  # type: ignore[union-attr]
    stopped = await claude.messages.create(
        model="m", max_tokens=99, messages=HELLO, stop_sequences=["here"]
    )
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "here")
    cut = await claude.messages.create(model="m", max_tokens=2, messages=HELLO)
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 2)


async def test_anthropic_cache_and_counting(claude: anthropic.AsyncAnthropic) -> None:
    kept: Any = [{"type": "text", "text": "word " * 400, "cache_control": {"type": "ephemeral"}}]
    request: Any = {"model": "m", "system": kept, "messages": HELLO}
    counted = await claude.messages.count_tokens(**request)
    first = (await claude.messages.create(max_tokens=9, **request)).usage
    second = (await claude.messages.create(max_tokens=9, **request)).usage
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens == 500
    assert counted.input_tokens == first.input_tokens + 500 == second.input_tokens + 500


async def test_anthropic_models(claude: anthropic.AsyncAnthropic) -> None:
    listed = [model.id async for model in claude.models.list()]
    assert (await claude.models.retrieve(listed[0])).id == listed[0]


async def test_anthropic_client_without_asyncio(simulator: Simulator) -> None:
    def talk() -> tuple[Any, str]:
        with anthropic.Anthropic(base_url=simulator.base_url, api_key="k") as client:
            whole = client.messages.create(model="m", max_tokens=99, messages=HELLO)
            with client.messages.stream(model="m", max_tokens=99, messages=HELLO) as stream:
                return whole.content[0], "".join(stream.text_stream)

    whole, streamed = await asyncio.to_thread(talk)
    assert whole.text == streamed != ""


# Gemini


async def test_google_text_and_usage(gemini: Any, simulator: Simulator) -> None:
    reply = await gemini.models.generate_content(model="gemini-x", contents="hello")
    assert "alpha (gemini-x)" in reply.text
    assert (
        reply.usage_metadata.candidates_token_count
        == simulator.counts.tokens["gemini-x"].completion
    )
    assert reply.candidates[0].finish_reason is types.FinishReason.STOP


async def test_google_stream_is_the_whole_answer(gemini: Any) -> None:
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True)
    )
    request = {"model": "m", "contents": "hello", "config": config}
    whole = await gemini.models.generate_content(**request)
    chunks = [one async for one in await gemini.models.generate_content_stream(**request)]
    parts = [part for one in chunks for part in one.candidates[0].content.parts]
    thought, text = whole.candidates[0].content.parts
    assert "".join(part.text for part in parts if part.thought) == thought.text
    assert "".join(part.text for part in parts if not part.thought) == text.text
    assert chunks[-1].usage_metadata.thoughts_token_count == 16
    assert chunks[-1].usage_metadata == whole.usage_metadata


async def test_google_functions_there_and_back(gemini: Any) -> None:
    config = types.GenerateContentConfig(tools=[GOOGLE_TOOLS])
    question = types.Content(role="user", parts=[types.Part(text="get_weather and get_weather")])
    asked = await gemini.models.generate_content(model="m", contents=[question], config=config)
    assert [call.args.keys() for call in asked.function_calls] == [{"city", "days"}] * 2
    results = [
        types.Part.from_function_response(name=call.name, response={"result": f"{18 + n} degrees"})
        for n, call in enumerate(asked.function_calls)
    ]
    turns = [question, asked.candidates[0].content, types.Content(role="user", parts=results)]
    told = await gemini.models.generate_content(model="m", contents=turns, config=config)
    assert "18 degrees" in told.text
    assert "19 degrees" in told.text


async def test_google_schema_attachments_and_candidates(gemini: Any) -> None:
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_schema=Person
    )
    reply = await gemini.models.generate_content(model="m", contents="hello", config=config)
    assert isinstance(reply.parsed, Person)
    image = types.Part.from_bytes(data=b"x", mime_type="image/png")
    reply = await gemini.models.generate_content(model="m", contents=["what is this", image])
    assert "I received 1 image." in reply.text
    config = types.GenerateContentConfig(candidate_count=2, max_output_tokens=3)
    reply = await gemini.models.generate_content(model="m", contents="hello", config=config)
    assert [one.finish_reason for one in reply.candidates] == [types.FinishReason.MAX_TOKENS] * 2


async def test_google_embeddings_counting_and_models(gemini: Any) -> None:
    config = types.EmbedContentConfig(output_dimensionality=16)
    embedded = await gemini.models.embed_content(model="e", contents=["a", "b"], config=config)
    assert [len(one.values) for one in embedded.embeddings] == [16, 16]
    counted = await gemini.models.count_tokens(model="m", contents="hello")
    assert counted.total_tokens == 3
    listed = [model.name async for model in await gemini.models.list()]
    assert (await gemini.models.get(model=listed[0])).name == listed[0]


async def test_google_block(simulator: Simulator, gemini: Any) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(ErrorKind.CONTENT_REFUSED,))
    reply = await gemini.models.generate_content(model="m", contents="hello")
    assert reply.prompt_feedback.block_reason is types.BlockedReason.PROHIBITED_CONTENT
    assert reply.candidates is None


async def test_google_client_without_asyncio(simulator: Simulator) -> None:
    def talk() -> tuple[str, str]:
        options = types.HttpOptions(base_url=simulator.base_url)
        with genai.Client(api_key="k", http_options=options) as client:
            whole = client.models.generate_content(model="m", contents="hello")
            stream = client.models.generate_content_stream(model="m", contents="hello")
            return whole.text or "", "".join(chunk.text or "" for chunk in stream)

    whole, streamed = await asyncio.to_thread(talk)
    assert whole == streamed != ""


# Failures, each as the client knows it

OPENAI_ERRORS: dict[str, tuple[type[Exception], int]] = {
    "rate_limited": (openai.RateLimitError, 429),
    "overloaded": (openai.InternalServerError, 503),
    "server_error": (openai.InternalServerError, 500),
    "unauthorized": (openai.AuthenticationError, 401),
    "not_found": (openai.NotFoundError, 404),
    "bad_request": (openai.BadRequestError, 400),
    "context_too_long": (openai.BadRequestError, 400),
    "html_error_page": (openai.InternalServerError, 502),
}
ANTHROPIC_ERRORS: dict[str, tuple[type[Exception], int]] = {
    "rate_limited": (anthropic.RateLimitError, 429),
    "overloaded": (anthropic.InternalServerError, 529),
    "server_error": (anthropic.InternalServerError, 500),
    "unauthorized": (anthropic.AuthenticationError, 401),
    "not_found": (anthropic.NotFoundError, 404),
    "bad_request": (anthropic.BadRequestError, 400),
    "context_too_long": (anthropic.BadRequestError, 400),
    "html_error_page": (anthropic.InternalServerError, 502),
}
GOOGLE_ERRORS: dict[str, tuple[type[Exception], int]] = {
    "rate_limited": (google_errors.ClientError, 429),
    "overloaded": (google_errors.ServerError, 503),
    "server_error": (google_errors.ServerError, 500),
    "unauthorized": (google_errors.ClientError, 400),
    "not_found": (google_errors.ClientError, 404),
    "bad_request": (google_errors.ClientError, 400),
    "context_too_long": (google_errors.ClientError, 400),
    "html_error_page": (google_errors.ServerError, 502),
}


@pytest.mark.parametrize("kind", OPENAI_ERRORS)
@pytest.mark.parametrize("stream", [False, True])
async def test_openai_errors(
    simulator: Simulator, chat: openai.AsyncOpenAI, kind: str, stream: bool
) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(kind,), retry_after_seconds=7)
    expected, status = OPENAI_ERRORS[kind]
    with pytest.raises(expected) as caught:
        await chat.chat.completions.create(model="m", messages=HELLO, stream=stream)
    error = caught.value
    assert isinstance(error, openai.APIStatusError)
    assert error.status_code == status
    if kind == "rate_limited":
        assert error.response.headers["retry-after"] == "7"
    assert simulator.counts.requests == {("chat_completions", "m", status): 1}


@pytest.mark.parametrize("kind", ANTHROPIC_ERRORS)
async def test_anthropic_errors(
    simulator: Simulator, claude: anthropic.AsyncAnthropic, kind: str
) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(kind,))
    expected, status = ANTHROPIC_ERRORS[kind]
    with pytest.raises(expected) as caught:
        await claude.messages.create(model="m", max_tokens=9, messages=HELLO)
    assert isinstance(caught.value, anthropic.APIStatusError)
    assert caught.value.status_code == status


@pytest.mark.parametrize("kind", GOOGLE_ERRORS)
async def test_google_errors(simulator: Simulator, gemini: Any, kind: str) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(kind,))
    expected, status = GOOGLE_ERRORS[kind]
    with pytest.raises(expected) as caught:
        await gemini.models.generate_content(model="m", contents="hello")
    assert isinstance(caught.value, google_errors.APIError)
    assert caught.value.code == status


async def test_required_keys(simulator: Simulator) -> None:
    simulator.profile = Profile(require_key="right")
    async with openai_client(simulator, "wrong") as chat:
        with pytest.raises(openai.AuthenticationError):
            await chat.models.list()
    async with anthropic_client(simulator, "wrong") as claude:
        with pytest.raises(anthropic.AuthenticationError):
            await claude.models.list()
    async with google_client(simulator, "wrong") as gemini:
        with pytest.raises(google_errors.ClientError, match="API key not valid"):
            await gemini.models.generate_content(model="m", contents="hello")
    async with (
        openai_client(simulator, "right") as chat,
        anthropic_client(simulator, "right") as claude,
        google_client(simulator, "right") as gemini,
    ):
        await chat.chat.completions.create(model="m", messages=HELLO)
        await claude.messages.create(model="m", max_tokens=9, messages=HELLO)
        await gemini.models.generate_content(model="m", contents="hello")
    assert simulator.counts.total_requests == 6


async def test_unknown_models_and_bad_bodies(
    simulator: Simulator, chat: openai.AsyncOpenAI, claude: anthropic.AsyncAnthropic, gemini: Any
) -> None:
    simulator.profile = Profile(models=("known",))
    with pytest.raises(openai.NotFoundError, match="`other` does not exist"):
        await chat.chat.completions.create(model="other", messages=HELLO)
    with pytest.raises(anthropic.NotFoundError, match="model: other"):
        await claude.messages.create(model="other", max_tokens=9, messages=HELLO)
    with pytest.raises(google_errors.ClientError, match="models/other is not found"):
        await gemini.models.generate_content(model="other", contents="hello")
    with pytest.raises(openai.BadRequestError, match="temperature"):
        await chat.chat.completions.create(model="known", messages=HELLO, temperature=9)
    with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
        await claude.messages.create(model="known", max_tokens=0, messages=HELLO)
    with pytest.raises(google_errors.ClientError, match="temperature"):
        config = types.GenerateContentConfig(temperature=9)
        await gemini.models.generate_content(model="known", contents="hello", config=config)


async def test_a_refusal_to_answer(
    simulator: Simulator, chat: openai.AsyncOpenAI, claude: anthropic.AsyncAnthropic
) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(ErrorKind.CONTENT_REFUSED,))
    reply = await chat.chat.completions.create(model="m", messages=HELLO)
    assert reply.choices[0].message.content is None
    assert reply.choices[0].message.refusal is not None
    message = await claude.messages.create(model="m", max_tokens=9, messages=HELLO)
    assert message.stop_reason == "refusal"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("reset", openai.APIConnectionError),
        ("cut_after_tokens=1", openai.APIConnectionError),
        ("malformed_event", json.JSONDecodeError),
        ("empty_body", json.JSONDecodeError),
    ],
)
async def test_broken_answers(
    simulator: Simulator, chat: openai.AsyncOpenAI, kind: str, expected: type[Exception]
) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=(kind,))
    with pytest.raises(expected):
        await chat.chat.completions.create(model="m", messages=HELLO)


async def test_broken_streams(simulator: Simulator, chat: openai.AsyncOpenAI) -> None:
    async def texts() -> AsyncIterator[str]:
        stream = await chat.chat.completions.create(model="m", messages=HELLO, stream=True)
        async for chunk in stream:
            yield chunk.choices[0].delta.content or ""

    simulator.profile = Profile(error_rate=1, error_kinds=("cut_after_tokens=2",))
    seen: list[str] = []
    with pytest.raises((httpx.RemoteProtocolError, openai.APIConnectionError)):
        seen.extend([text async for text in texts()])
    simulator.profile = Profile(error_rate=1, error_kinds=("malformed_event",))
    with pytest.raises(json.JSONDecodeError):
        seen.extend([text async for text in texts()])
    simulator.profile = Profile(error_rate=1, error_kinds=("no_done",))
    assert "digest" in "".join([text async for text in texts()])


async def test_silence_lasts_until_the_caller_gives_up(
    simulator: Simulator, chat: openai.AsyncOpenAI
) -> None:
    simulator.profile = Profile(error_rate=1, error_kinds=("silent",))
    call = asyncio.ensure_future(chat.chat.completions.create(model="m", messages=HELLO))
    await simulator.counts.until(lambda counts: counts.in_flight == 1)
    call.cancel()
    async with asyncio.timeout(HANG_UP_SECONDS):
        await simulator.counts.until(lambda counts: counts.aborted_requests == 1)
    assert simulator.counts.requests == {("chat_completions", "m", 0): 1}


# Hanging up


async def openai_stream(simulator: Simulator) -> AsyncIterator[object]:
    async with openai_client(simulator) as client:
        stream = await client.chat.completions.create(model="m", messages=HELLO, stream=True)
        async for chunk in stream:
            yield chunk.choices[0].delta.content


async def anthropic_stream(simulator: Simulator) -> AsyncIterator[object]:
    async with (
        anthropic_client(simulator) as client,
        client.messages.stream(model="m", max_tokens=99, messages=HELLO) as stream,
    ):
        async for text in stream.text_stream:
            yield text


async def google_stream(simulator: Simulator) -> AsyncIterator[object]:
    async with google_client(simulator) as client:
        async for chunk in await client.models.generate_content_stream(model="m", contents="hi"):
            yield chunk.text


@pytest.mark.parametrize("stream", [openai_stream, anthropic_stream, google_stream])
async def test_hanging_up_in_a_stream_is_counted(simulator: Simulator, stream: Any) -> None:
    simulator.profile = SLOW
    begun = asyncio.Event()

    async def listen() -> None:
        async for text in stream(simulator):
            if text:
                begun.set()

    listening = asyncio.ensure_future(listen())
    await begun.wait()
    listening.cancel()
    async with asyncio.timeout(HANG_UP_SECONDS):
        await simulator.counts.until(lambda counts: counts.aborted_streams == 1)
        await asyncio.wait([listening])
    assert simulator.counts.in_flight == 0
    assert simulator.counts.tokens["m"].completion == 1


# The admin endpoint


async def test_admin_by_http(simulator: Simulator, chat: openai.AsyncOpenAI) -> None:
    async with httpx.AsyncClient(base_url=f"{simulator.base_url}/simulator") as admin:
        changed = await admin.put("/profile", json={"error_rate": 1, "error_kinds": ["overloaded"]})
        assert changed.json() == (await admin.get("/profile")).json()
        with pytest.raises(openai.InternalServerError):
            await chat.chat.completions.create(model="m", messages=HELLO)
        counts = (await admin.get("/counts")).json()
        assert counts["requests"] == [
            {"endpoint": "chat_completions", "model": "m", "status": 503, "count": 1}
        ]
        [recorded] = counts["recorded"]
        assert recorded["headers"]["authorization"] == "***"
        assert recorded["body"]["messages"] == HELLO
        refused = await admin.put("/profile", json={"error_rate": "often"})
        assert refused.status_code == 400
        assert refused.json()["error"]["field"] == "error_rate"
        assert (await admin.post("/reset")).json()["total_requests"] == 0
    assert simulator.profile == replace(
        Profile(name="alpha", record=3), error_rate=1, error_kinds=("overloaded",)
    )
