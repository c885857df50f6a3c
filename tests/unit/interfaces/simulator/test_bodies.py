import pytest
from msgspec import Struct

from turnout.interfaces.simulator.bodies import BodyFault, bad_request, read, text_length
from turnout.interfaces.simulator.profile import ErrorKind


class Inner(Struct, forbid_unknown_fields=True):
    size: int


class Shape(Struct):
    name: str
    inner: list[Inner] = []


def test_a_body_of_the_shape_is_read() -> None:
    assert read(b'{"name": "a", "other": 1}', Shape) == Shape("a")


@pytest.mark.parametrize(
    ("body", "problem", "path"),
    [
        (b"{", "json", ""),
        (b"\xff", "json", ""),
        (b'{"name": "\xff"}', "json", ""),
        (b"[]", "value", ""),
        (b"{}", "missing", "name"),
        (b'{"name": 1}', "value", "name"),
        (b'{"name": "a", "inner": [{}]}', "missing", "inner[0].size"),
        (b'{"name": "a", "inner": [{"size": 1, "x": 2}]}', "unknown", "inner[0].x"),
        (b'{"name": "a", "inner": [{"size": "1"}]}', "value", "inner[0].size"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, problem: str, path: str) -> None:
    with pytest.raises(BodyFault) as caught:
        read(body, Shape)
    assert (caught.value.problem, caught.value.path) == (problem, path)
    assert caught.value.what


def test_a_bad_request_names_its_field() -> None:
    failure = bad_request("no", "name").failure
    assert (failure.kind, failure.message, failure.field) == (ErrorKind.BAD_REQUEST, "no", "name")


def test_only_texts_have_length() -> None:
    assert text_length("abc", None, "d") == 4
