"""JSON bodies: read with faults that name the field, and passed on with one value exchanged."""

import ctypes
import re
from typing import Annotated, TypeVar

import msgspec

from turnout.domain.inference.failure import InvalidRequest

Read = TypeVar("Read")

_BYTE = re.compile(r"\(byte (\d+)\)")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_HALF_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u)")

SMALL_BODY_BYTES = 8192
"""Up to here looking for a text is cheaper than asking for its address, and copying than a view."""

_address_of_bytes = ctypes.pythonapi.PyBytes_AsString
_address_of_bytes.argtypes = (ctypes.py_object,)
_address_of_bytes.restype = ctypes.c_void_p
_address_of_buffer = ctypes.pythonapi.PyObject_AsReadBuffer  # part of the stable ABI
_address_of_buffer.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p)
_TwoWords = ctypes.c_size_t * 2

_NAME = msgspec.json.Decoder(Annotated[str, msgspec.Meta(min_length=1)])


def read_json(
    decoder: msgspec.json.Decoder[Read], body: bytes | msgspec.Raw, *, field: str = ""
) -> Read:
    """Decode `body`, or the part of a body that is the value of `field`. Raises InvalidRequest."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        raise _wrong_type(str(fault), field) from None
    except msgspec.DecodeError as fault:
        raise InvalidRequest(_malformed(str(fault), bytes(body)), field=field) from None
    except UnicodeDecodeError as fault:
        raise InvalidRequest(
            f"The body is not valid UTF-8: {fault.reason} {fault.object[fault.start]:#04x}.",
            field=field,
        ) from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.", field=field) from None


class CallerBody:
    """A caller's bytes, and where in them the model stands. Raises InvalidRequest for no name.

    `place` is the member `model` as it was decoded from `body`.
    """

    __slots__ = ("_body", "_place", "model")

    def __init__(self, body: bytes, place: msgspec.Raw) -> None:
        self.model = read_json(_NAME, place, field="model")
        self._body = body
        self._place = place

    def body_for(self, model: str) -> bytes:
        """Return the same bytes with only the model exchanged."""
        if model == self.model:
            return self._body
        return exchange(self._body, self._place, msgspec.json.encode(model))


def exchange(body: bytes, value: msgspec.Raw, replacement: bytes) -> bytes:
    """Return `body` with `value`, as it was decoded from `body`, exchanged for `replacement`.

    A text that occurs once is in its place. Else its place is where it is in memory, since a
    decoded `Raw` is a view of the body: so of equal texts, and of several members of one name,
    it is exactly the one that was decoded.
    """
    text = bytes(value)
    start = body.find(text) if len(body) <= SMALL_BODY_BYTES else -1
    if start < 0 or body.find(text, start + 1) >= 0:
        start = _place(value, body)
    # A slice of a long text would be a second copy of it.
    source = body if len(body) <= SMALL_BODY_BYTES else memoryview(body)
    return b"".join((source[:start], replacement, source[start + len(text) :]))


def _place(value: msgspec.Raw, body: bytes) -> int:
    address_and_length = _TwoWords()
    address = ctypes.addressof(address_and_length)
    _address_of_buffer(value, address, address + ctypes.sizeof(ctypes.c_size_t))
    return address_and_length[0] - int(_address_of_bytes(body))


def _wrong_type(fault: str, field: str) -> InvalidRequest:
    words, _, path = fault.partition(" - at `")
    place = field + path.removesuffix("`").removeprefix("$") if path else field
    missing = _MISSING.fullmatch(words)
    if missing:
        name = f"{place}.{missing[1]}".removeprefix(".")
        return InvalidRequest(f"Missing required parameter: '{name}'.", field=name)
    place = place.removeprefix(".")
    expected = words.replace("`", "").replace("Expected", "expected")
    about = f"for '{place}'" if place else "of the body"
    return InvalidRequest(f"Invalid type {about}: {expected}.", field=place)


def _malformed(fault: str, body: bytes) -> str:
    at = _BYTE.search(fault)
    half = _HALF_PAIR.search(body)
    if at is None and half is not None:
        return f"The body is not valid JSON: half a surrogate pair (byte {half.start()})."
    if at is None:
        return f"The body is not valid JSON: it ends too early (byte {len(body)})."
    reason = fault.removeprefix("JSON is malformed: ")
    return f"The body is not valid JSON: {reason}."
