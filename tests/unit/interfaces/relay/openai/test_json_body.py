"""Faults that name their place, and a model exchanged in its place."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.openai.json_body import (
    SMALL_BODY_BYTES,
    CallerBody,
    exchange,
    read_json,
)


class Inner(msgspec.Struct):
    role: str


class Outer(msgspec.Struct):
    model: msgspec.Raw
    inner: list[Inner] = msgspec.field(default_factory=list)


OUTER = msgspec.json.Decoder(Outer)
INNER = msgspec.json.Decoder(list[Inner])


def fault_of(body: bytes) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as fault:
        read_json(OUTER, body)
    return fault.value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it ends too early (byte 0)"),
        (b'{"model":"a"', "it ends too early (byte 12)"),
        (b'{"model": nope}', "invalid character (byte 11)"),
        (b'{"model":"a"} x', "trailing characters (byte"),
        (b'\xef\xbb\xbf{"model":"a"}', "invalid character (byte 0)"),
        (b'{"model":"a","x":NaN}', "invalid character (byte 17)"),
        (b'{"model":"a","inner":[{"role":"\\ud800"}]}', "half a surrogate pair (byte 31)"),
        (b'{"model":"a","inner":[{"role":"\xff"}]}', "not valid UTF-8: invalid start byte 0xff"),
    ],
)
def test_malformed_bodies_are_told_with_the_position(body: bytes, message: str) -> None:
    fault = fault_of(body)
    assert message in fault.message
    assert fault.field == ""


def test_deep_nesting_is_a_fault_of_the_body() -> None:
    deep = b'{"model":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert fault_of(deep).message == "The body is nested too deeply."


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (b"[]", "", "Invalid type of the body: expected object, got array."),
        (b"{}", "model", "Missing required parameter: 'model'."),
        (
            b'{"model":"a","inner":{}}',
            "inner",
            "Invalid type for 'inner': expected array, got object.",
        ),
        (
            b'{"model":"a","inner":[{"role":"u"},{"role":1}]}',
            "inner[1].role",
            "Invalid type for 'inner[1].role': expected str, got int.",
        ),
        (b'{"model":"a","inner":[{}]}', "inner[0].role", "Missing required parameter"),
    ],
)
def test_wrong_types_name_the_field(body: bytes, field: str, message: str) -> None:
    fault = fault_of(body)
    assert fault.field == field
    assert message in fault.message


def test_a_part_of_a_body_names_its_own_place() -> None:
    with pytest.raises(InvalidRequest) as fault:
        read_json(INNER, b'[{"role":false}]', field="messages[3].content")
    assert fault.value.field == "messages[3].content[0].role"


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"gpt","inner":[]}',
        b'{ "inner" : [] , "model" : "gpt" }',
        b'{"model":"x","inner":[{"role":"gpt"}],"model":"gpt"}',
        b'{"a":"gpt","model":"gpt","b":{"model":"gpt"}}',
        b'{"a":"\\"gpt","model":"gpt","z":"\\"gpt"}',
        b'{"model":"g\\u0070t","a":"gpt"}',
    ],
)
@pytest.mark.parametrize("padding", [0, SMALL_BODY_BYTES])
def test_exactly_the_models_place_is_exchanged(body: bytes, padding: int) -> None:
    body = body[:-1] + b',"pad":"' + b"y" * padding + b'"}'
    place = read_json(OUTER, body).model
    changed = exchange(body, place, b'"other"')
    expected = {**json.loads(body), "model": "other"}
    assert json.loads(changed) == expected
    assert len(changed) == len(body) - len(bytes(place)) + len(b'"other"')


@given(
    st.dictionaries(st.text(max_size=5), st.recursive(st.text(), st.lists), max_size=4),
    st.text(min_size=1, max_size=6),
    st.booleans(),
)
def test_nothing_else_changes(others: dict[str, object], model: str, ascii_only: bool) -> None:
    call = {**others, "model": model, "again": model, "nested": [{"model": model}]}
    body = json.dumps(call, ensure_ascii=ascii_only).encode("utf-8", "ignore")
    try:
        held = CallerBody(body, read_json(OUTER, body).model)
    except InvalidRequest:
        return  # not every text can be written in UTF-8
    assert held.body_for(held.model) is body
    changed = json.loads(held.body_for("other/model"))
    assert changed.pop("model") == "other/model"
    assert changed == {name: value for name, value in json.loads(body).items() if name != "model"}


@pytest.mark.parametrize("model", [b"1", b"null", b'""', b"{}", b'["x"]'])
def test_a_model_must_be_a_name(model: bytes) -> None:
    body = b'{"model":' + model + b"}"
    with pytest.raises(InvalidRequest) as fault:
        CallerBody(body, read_json(OUTER, body).model)
    assert fault.value.field == "model"
