"""Reads request bodies by their declared shape, or says in neutral words what is wrong."""

import re
from typing import Any, TypeVar

import msgspec

from turnout.interfaces.simulator.dialect import Failure, Refused
from turnout.interfaces.simulator.profile import ErrorKind

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"contains unknown field `(\w+)`")


class BodyFault(ValueError):
    """A body that cannot be read; `problem` is `json`, `missing`, `unknown` or `value`.

    `path` is that of the field, such as `messages[0].role`, empty for the body itself; `what` is
    the problem in words.
    """

    def __init__(self, problem: str, path: str, what: str) -> None:
        super().__init__(what)
        self.problem, self.path, self.what = problem, path, what


def read(body: bytes, shape: type[T]) -> T:
    """The body as the shape; raises BodyFault."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise fault_from(error) from error
    except msgspec.DecodeError as error:
        raise BodyFault("json", "", str(error)) from error
    except UnicodeDecodeError as error:
        raise BodyFault("json", "", f"the body is not UTF-8: {error}") from error


def fault_from(error: msgspec.ValidationError) -> BodyFault:
    """The same fault with the field's path taken out of the message."""
    found = _PLACE.match(str(error))
    what = found["what"] if found else str(error)
    path = (found["path"] or "$" if found else "$").removeprefix("$").removeprefix(".")
    for problem, pattern in (("missing", _MISSING), ("unknown", _UNKNOWN)):
        named = pattern.search(what)
        if named:
            return BodyFault(problem, f"{path}.{named[1]}".removeprefix("."), what)
    return BodyFault("value", path, what)


def bad_request(message: str, field: str | None = None, code: str | None = None) -> Refused:
    """What to raise when a body is well-formed but cannot be meant."""
    return Refused(Failure(kind=ErrorKind.BAD_REQUEST, message=message, field=field, code=code))


def text_length(*texts: Any) -> int:
    """How many characters the texts have together; what is no text counts nothing."""
    return sum(len(text) for text in texts if isinstance(text, str))
