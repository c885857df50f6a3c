"""Asking a started Turnout with the official client, and what the client makes of the answer."""

from collections.abc import Mapping
from typing import Any

import openai
from openai import AsyncOpenAI

from tests.conformance.answer import Answer, Failed, Pieces
from tests.conformance.scope import Case

_QUESTION: Any = [{"role": "user", "content": "What was recorded?"}]
_OURS = frozenset({"model", "stream", "input", "encoding_format"})


async def ask(client: AsyncOpenAI, case: Case, model: str, *, inputs: int = 1) -> Answer:
    """Ask for the recorded answer in the way in which it was recorded.

    `inputs` is how many texts to embed where it is not known what was embedded.
    """
    answer, asked = Answer(), case.recording.request or {}
    try:
        if case.recording.endpoint == "embeddings":
            texts = asked.get("input") or [f"text {number}" for number in range(inputs)]
            await _embed(client, model, texts, answer)
        elif case.asks_for_stream:
            await _stream(client, model, _asked(case), answer)
        else:
            await _complete(client, model, _asked(case), answer)
    except openai.APIStatusError as error:
        retry_after = error.response.headers.get("retry-after")
        answer.failed = Failed(type(error).__name__, error.code, retry_after)
    except openai.APIError as error:
        answer.failed = Failed(type(error).__name__, error.code)
    return answer


async def _complete(client: AsyncOpenAI, model: str, more: object, answer: Answer) -> None:
    completion = await client.chat.completions.create(
        model=model, messages=_QUESTION, extra_body=more
    )
    answer.usage = _counts(completion.usage)
    for choice in completion.choices:
        pieces = Pieces()
        pieces.hear(_plain(choice.message))
        said = answer.choices[choice.index or 0] = pieces.whole()
        said.finish = choice.finish_reason


async def _stream(client: AsyncOpenAI, model: str, more: object, answer: Answer) -> None:
    stream = await client.chat.completions.create(
        model=model, messages=_QUESTION, stream=True, extra_body=more
    )
    heard: dict[int, Pieces] = {}
    try:
        async for chunk in stream:
            usage = chunk.usage or ((chunk.model_extra or {}).get("x_groq") or {}).get("usage")
            answer.usage = _counts(usage) or answer.usage
            for choice in chunk.choices or ():
                pieces = heard.setdefault(choice.index or 0, Pieces())
                if choice.delta is not None:
                    pieces.hear(_plain(choice.delta))
                pieces.said.finish = choice.finish_reason or pieces.said.finish
    finally:
        answer.choices = {index: pieces.whole() for index, pieces in heard.items()}


async def _embed(client: AsyncOpenAI, model: str, texts: Any, answer: Answer) -> None:
    embedded = await client.embeddings.create(model=model, input=texts)
    answer.usage = _counts(embedded.usage)
    answer.vectors = [list(each.embedding) for each in embedded.data]


def _asked(case: Case) -> dict[str, object]:
    """What is asked beyond the question: all that was, where it was asked in OpenAI's protocol."""
    request = case.recording.request or {}
    if case.party.protocol == "openai_chat":
        return {name: value for name, value in request.items() if name not in _OURS}
    asked: dict[str, object] = {}
    if case.asks_for_stream:
        asked["stream_options"] = {"include_usage": True}
    if tools := list(_tools(request)):
        asked["tools"] = tools
    return asked


def _tools(request: Mapping[str, Any]) -> Any:
    """The functions that were offered to Anthropic or Gemini, as OpenAI's tools."""
    offered = [tool for tool in request.get("tools") or () if isinstance(tool, dict)]
    for tool in offered:
        for function in tool.get("functionDeclarations", [tool] if "input_schema" in tool else ()):
            schema = function.get("input_schema") or function.get("parameters")
            described = {"name": function["name"], "description": function.get("description", "")}
            if schema:
                described["parameters"] = schema
            yield {"type": "function", "function": described}


def _plain(model: Any) -> dict[str, Any]:
    plain: dict[str, Any] = model.to_dict(mode="python", warnings=False)
    return plain


def _counts(usage: Any) -> dict[str, Any] | None:
    if not usage:
        return None
    return dict(usage) if isinstance(usage, dict) else _plain(usage)
