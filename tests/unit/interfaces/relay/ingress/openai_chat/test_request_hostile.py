"""Ten thousand hostile bodies: each is read or refused as invalid, and nothing else happens."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.request import read_chat_call

VALID: dict[str, Any] = {
    "model": "gpt-4",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "name": "u", "content": [
            {"type": "text", "text": "what is this?", "cache_control": {"type": "ephemeral"}},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "file", "file": {"file_data": "AAAA", "filename": "a.pdf"}},
        ]},
        {"role": "assistant", "content": None, "reasoning_content": "hm", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
        ]},
        {"role": "assistant", "thinking_blocks": [{"type": "thinking", "thinking": "x"}]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
        {"role": "assistant", "function_call": {"name": "g", "arguments": "{}"}},
        {"role": "function", "name": "g", "content": "43"},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {}}},
    "stop": ["x"], "logit_bias": {"50256": -100}, "temperature": 0.5, "n": 1, "seed": 7,
    "max_tokens": 10, "stream": True, "stream_options": {"include_usage": True},
    "reasoning": {"effort": "low"}, "user": "me", "metadata": {"a": "b"},
}  # fmt: skip

HOSTILE: list[bytes] = [
    b"", b" ", b"null", b"true", b"0", b'""', b"[]", b"{}", b"{", b"}", b"\x00", b"\xff\xfe{\x00",
    b"\xef\xbb\xbf{}", b"[" * 200_000, b'{"a":' * 50_000, b'{"model":"a","messages":' + b"[" * 9999,
    b'{"model":' + b"9" * 100_000, b'{"model":"' + b"a" * 1_000_000, b"NaN", b"Infinity", b"-",
    b'{"model":NaN,"messages":[]}', b'{"model":"a","messages":[{"role":"user"}],"n":1e999}',
    b'{"model":"a","messages":[{"role":"user"}],"seed":' + b"9" * 5000 + b"}",
    b'{"model":"a","messages":[{"role":"user"}],"temperature":' + b"9" * 5000 + b"}",
    b'{"model":"a","model":"b","messages":[{"role":"user"}],"messages":1}',
    b'{"model":"a","messages":[{"role":"user","role":3}]}',
    b'{"model":"\\ud800","messages":[{"role":"user"}]}',
    b'{"model":"a","messages":[{"role":"\\ud800\\ud800","content":"\\udfff"}]}',
    b'{"model":"a","messages":[{"role":"user","content":"\\ud83d\\u0041"}]}',
    b'{"model":"a","messages":[{"role":"user","content":"\xc3\x28 \xf0\x28\x8c\x28"}]}',
    b'{"model":"a","messages":[{"role":"user","content":[{"type":"text","text":"\xff"}]}]}',
    b'{"model":"a","messages":[{"role":"user","content":[{"type":"\xff"}]}]}',
    b'{"\xff":1,"model":"a","messages":[{"role":"user"}]}',
    b'{"model":"a","messages":[{"role":"user","content":"x"}],"tools":' + b"[[" * 400 + b"]]" * 400
    + b"}",
    b'{"model":"a","messages":[{"role":"user","content":"x"}],"metadata":' + b'{"a":' * 990 + b"1"
    + b"}" * 990 + b"}",
    b'{"model":"a","messages":[{"role":"user","content":"x"}]}\x00',
    b'{"model":"a","messages":[{"role":"user","content":"x"}]}{"model":"b"}',
    b"{'model':'a'}", b'{"model":"a",}', b'{"model":"a"/*x*/}', b'{"model" "a"}', b"<html>",
    b"--boundary\r\ncontent-disposition: form-data\r\n", "{“model”:“a”}".encode(),
]  # fmt: skip

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.sampled_from(["user", "text", "function", "data:", "data:;base64,%", "auto", "none"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def read_or_refuse(body: bytes) -> None:
    try:
        request = read_chat_call(body).request
        assert len(request.body_for("other")) > 0
        request.conversation()
    except InvalidRequest as fault:
        assert fault.message
        assert len(fault.message) < 600


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


PLACES = list(places(VALID))


def with_value(place: tuple[Any, ...], value: object) -> Any:
    changed = json.loads(json.dumps(VALID))
    if not place:
        return value
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return changed


def test_the_seed_itself_is_valid() -> None:
    request = read_chat_call(json.dumps(VALID).encode()).request
    assert len(request.conversation().messages) == len(VALID["messages"])


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_the_corpus(body: bytes) -> None:
    read_or_refuse(body)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.5, 10**30, "", "x", [], [[]], {}, {"a": 1}])
def test_every_type_in_every_place(value: object) -> None:
    for place in PLACES:
        read_or_refuse(json.dumps(with_value(place, value)).encode())


@settings(max_examples=2500, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_anything_in_any_place(place: tuple[Any, ...], value: object) -> None:
    read_or_refuse(json.dumps(with_value(place, value)).encode("utf-8", "surrogatepass"))


@settings(max_examples=1500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    read_or_refuse(body)


def test_thousands_of_damaged_bodies() -> None:
    """Bytes of a valid body flipped, cut, doubled and moved, the same ones in every run."""
    chance = random.Random(20_000)
    seed = json.dumps(VALID, ensure_ascii=False).encode()
    pieces = [
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\u",
        b"\xff",
        b"\x00",
        b"1e9",
        b"-",
    ]
    for _ in range(4000):
        body = bytearray(seed)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randint(1, 40)]
                case 2:
                    body[at:at] = chance.choice(pieces)
                case _:
                    body[at:at] = body[chance.randrange(len(body)) :][:30]
        read_or_refuse(bytes(body))
