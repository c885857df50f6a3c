"""Embedding calls, good and hostile."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.request import EmbeddingRequest
from turnout.interfaces.relay.ingress.openai_embeddings.request import read_embedding_request


def read(**fields: Any) -> EmbeddingRequest:
    return read_embedding_request(json.dumps({"model": "e", "input": "hi", **fields}).encode())


@pytest.mark.parametrize(
    ("value", "inputs"),
    [
        ("hi", ("hi",)),
        ("", ("",)),
        (["a", "b"], ("a", "b")),
        ([1, 2, 3], ((1, 2, 3),)),
        ([[1, 2], [3]], ((1, 2), (3,))),
    ],
)
def test_every_form_of_input(value: object, inputs: tuple[object, ...]) -> None:
    assert read(input=value).inputs == inputs


def test_options_and_leftovers() -> None:
    request = read(encoding_format="base64", dimensions=256, user="me", input_type="query", x=None)
    assert (request.encoding, request.dimensions) == ("base64", 256)
    assert request.leftovers == ("user", "input_type")
    assert request.needs.capabilities == {Capability.EMBEDDINGS}
    assert read().encoding == "float"


def test_the_longest_input_decides_whether_it_fits() -> None:
    assert read(input=["x", "word " * 600]).needs.input_tokens == 500
    assert read(input=[[1] * 700, [1]]).needs.input_tokens == 700


def test_only_the_model_is_exchanged() -> None:
    body = b'{"input": "e", "model": "e", "extra": [1.0]}'
    request = read_embedding_request(body)
    assert request.body_for("f") == b'{"input": "e", "model": "f", "extra": [1.0]}'


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": 3}, "input"),
        ({"input": [None]}, "input[0]"),
        ({"input": ["a", 1]}, "input[1]"),
        ({"input": [[1], "a"]}, "input[1]"),
        ({"input": [["a"]]}, "input[0][0]"),
        ({"encoding_format": "int8"}, "encoding_format"),
        ({"dimensions": "big"}, "dimensions"),
        ({"model": 1}, "model"),
    ],
)
def test_faults_name_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read(**fields)
    assert fault.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(["model", "input", "encoding_format", "dimensions", "x"]), JSON)
def test_hostile_values_are_read_or_refused(name: str, value: object) -> None:
    read_or_refuse(json.dumps({"model": "e", "input": "hi", name: value}).encode())


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=120))
def test_hostile_bytes_are_read_or_refused(body: bytes) -> None:
    read_or_refuse(body)
    read_or_refuse(b'{"model":"e","input":' + body + b"}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"model":"e","input":' + b"[" * 100_000,
        b'{"model":"e","input":[' + b"9" * 9000 + b"]}",
        b'{"model":"e","input":"\\ud800"}',
        b'{"model":"e","input":"\xff"}',
        b'{"model":"e","input":"x","\xff":1}',
        b'{"model":"e","input":"x","y":{"\\ud800":"\xff"}}',
    ],
)
def test_the_corpus(body: bytes) -> None:
    read_or_refuse(body)


def read_or_refuse(body: bytes) -> None:
    try:
        assert read_embedding_request(body).inputs
    except InvalidRequest as fault:
        assert fault.message
