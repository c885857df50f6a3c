from typing import Any

import pytest
from tests.fakes.relay import TAKEN

from turnout.interfaces.python.answers import ChatAnswer, ChatChunk, Vectors, chunks_of


def answer(**message: Any) -> ChatAnswer:
    return ChatAnswer({"choices": [{"message": message, "finish_reason": "stop"}]}, TAKEN)


def test_an_answer_tells_its_text_and_who_gave_it() -> None:
    told = answer(content="hello")
    assert (told.text, told.finish_reason, told.provider) == ("hello", "stop", "openai")
    assert (told.tool_calls, told.usage) == ([], None)


@pytest.mark.parametrize("message", [{"content": None}, {}])
def test_an_answer_without_text_has_an_empty_one(message: dict[str, Any]) -> None:
    assert answer(**message).text == ""


def test_tool_calls_are_openais() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert answer(content=None, tool_calls=[call]).tool_calls == [call]


@pytest.mark.parametrize(
    "body, text",
    [
        ({"choices": [{"delta": {"content": "a"}}]}, "a"),
        ({"choices": [{"delta": {"content": None}}]}, ""),
        ({"choices": [{"delta": {}}]}, ""),
        ({"choices": [{"delta": None}]}, ""),
        ({"choices": [], "usage": {}}, ""),
        ({"usage": {}}, ""),
    ],
)
def test_a_chunk_has_a_text_that_is_often_empty(body: dict[str, Any], text: str) -> None:
    chunk = ChatChunk(body, TAKEN)
    assert (chunk.text, chunk.provider) == (text, "openai")


def test_vectors_are_in_the_order_of_the_list() -> None:
    body = {"data": [{"embedding": [1.0, 2.0]}, {"embedding": [3.0]}]}
    assert Vectors(body, TAKEN).vectors == [[1.0, 2.0], [3.0]]


def test_events_are_read_whatever_stands_between_them() -> None:
    data = b': ping\r\ndata: {"a":1}\r\n\r\nevent: x\ndata:{"b":2}\n\ndata: [DONE]\n\ndata:\n\n'
    assert list(chunks_of(data)) == [{"a": 1}, {"b": 2}]
    assert list(chunks_of(b"")) == []
