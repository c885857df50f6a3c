"""Says what was wrong with a request: the field, the value found, what was expected.

The value is left out where it may be a secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError

from turnout.domain.shared.errors import alike
from turnout.interfaces.control.schemas import FIELD_NAMES

_SECRET_FIELDS = {"credential", "further_credentials", "headers", "password", "token"}
_WORDS = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "an object",
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "missing": "this field",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_type": "text",
    "typed_dict_type": "an object",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "string_too_long": ("text of at most this many characters:", "max_length"),
    "string_too_short": ("text of at least this many characters:", "min_length"),
    "too_short": ("at least this many entries:", "min_length"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was wrong; `field` is a path (`models[0].name`), None for the whole body."""

    field: str | None
    found: str
    expected: str
    is_syntax: bool = False

    def __str__(self) -> str:
        where = "" if self.field is None else f"{self.field}: "
        return f"{where}found {self.found}, expected {self.expected}"


def faults_in(error: RequestValidationError) -> list[Fault]:
    """Return every fault of a request, at least one."""
    return [_fault(item, error.body) for item in error.errors()]


def _fault(item: Mapping[str, object], body: object) -> Fault:
    kind, location = str(item["type"]), item["loc"]
    assert isinstance(location, Sequence)
    if kind == "json_invalid":
        return Fault(None, f"no JSON at character {location[-1]}", "a JSON object", is_syntax=True)
    path = _path(location[1:], body) if location[0] == "body" else list(location[1:])
    field = _written(path)
    return Fault(field, _found(kind, path, item.get("input")), _expected(kind, path, item))


def _path(location: Sequence[str | int], body: object) -> list[str | int]:
    """Leave out the steps that name an alternative of the schema and not a part of the body."""
    path: list[str | int] = []
    here = body
    for place, step in enumerate(location):
        below = _below(here, step)
        is_last = place == len(location) - 1
        if below is not None:
            here = below[0]
        elif not (is_last and isinstance(here, dict) and isinstance(step, str)):
            continue
        path.append(step)
    return path


def _below(value: object, step: str | int) -> tuple[object] | None:
    if isinstance(value, dict) and step in value:
        return (value[step],)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return (value[step],)
    return None


def _written(path: Sequence[str | int]) -> str | None:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or None


def _found(kind: str, path: Sequence[str | int], value: object) -> str:
    if kind == "missing":
        return "nothing"
    if kind == "extra_forbidden":
        return "an unknown field"
    if isinstance(value, bytes):
        return "a body that is not said to be application/json"
    if _SECRET_FIELDS & set(path):
        return "a value that is not shown"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _expected(kind: str, path: Sequence[str | int], item: Mapping[str, object]) -> str:
    context = item.get("ctx")
    assert context is None or isinstance(context, Mapping)
    if kind == "extra_forbidden":
        name = str(path[-1])
        return f"one that is known here{alike(name, FIELD_NAMES - {name})}"
    if kind in _WORDS:
        return _WORDS[kind]
    if context and kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{words} {context[bound]}"
    if context and kind in ("enum", "literal_error"):
        return f"one of {context['expected']}"
    if context and kind == "value_error":
        return str(context["error"])
    return str(item["msg"])
