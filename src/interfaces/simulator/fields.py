"""Reads plain mappings, as YAML and JSON give them, into Structs; names the field at fault."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_NAMED = re.compile(r"(?:unknown|required) field `([^`]+)`")
_EXPECTED = re.compile(r"Expected `(?P<type>[^`]*)`(?P<bound>[^,]*)")
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


class FieldFault(ValueError):
    """A field holds what it cannot: names the field, the value found and what was expected.

    `field` is a path such as `phases[2].seconds`.
    """

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: found {_shown(value)}, expected {expected}")
        self.field, self.value, self.expected = field, value, expected

    def below(self, place: str, whole: str = "") -> "FieldFault":
        """The same fault, of a field below `place`; what is wrong with the `whole` is there."""
        if self.field == whole:
            return FieldFault(place, self.value, self.expected)
        separator = "" if self.field.startswith("[") else "."
        return FieldFault(f"{place}{separator}{self.field}", self.value, self.expected)


def read_as(content: object, shape: type[T], *, what: str) -> T:
    """`content` as the shape; raises FieldFault. `what` names the whole where that is at fault."""
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        raise _fault(error, content, shape, what) from error


def _shown(value: object) -> str:
    text = "a mapping" if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _fault(error: msgspec.ValidationError, content: object, shape: Any, what: str) -> FieldFault:
    found = _PLACE.match(str(error))
    words = found["what"] if found else str(error)
    path = _steps((found["path"] or "") if found else "")
    named = _NAMED.search(words)
    if named is None:
        value = _value_at(content, path)
        return FieldFault(_written(path) or what, value, _expected(words))
    if "unknown" in words:
        known = _known_fields(shape, path)
        near = get_close_matches(named[1], known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        value = _value_at(content, [*path, named[1]])
        expected = f"no such field, but one of {', '.join(known)}{hint}"
        return FieldFault(_written([*path, named[1]]), value, expected)
    return FieldFault(_written([*path, named[1]]), None, "this field")


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for name, place in _STEP.findall(path.removeprefix("$")):
        steps.append(name or (int(place) if place.isdigit() else place))
    return steps


def _written(path: list[str | int]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) or step == "..." else f".{step}"
    return text.removeprefix(".")


def _value_at(content: Any, path: list[str | int]) -> object:
    for step in path:
        try:
            content = content[step]
        except (LookupError, TypeError):
            return content  # msgspec does not tell which key of a mapping it was
    return content


def _expected(words: str) -> str:
    found = _EXPECTED.match(words)
    if found is None:
        return words.removesuffix(".")
    kinds = (kind.strip() for kind in found["type"].split("|"))
    return " or ".join(_WORDS.get(kind, kind) for kind in kinds) + found["bound"]


def _known_fields(shape: Any, path: list[str | int]) -> list[str]:
    """The fields of the Struct that the path leads to."""
    kind: Any = msgspec.inspect.type_info(shape)
    for step in path:
        kind = _below(kind, step)
    inner = _struct_in(kind)
    return [field.encode_name for field in inner.fields] if inner else []


def _below(kind: Any, step: str | int) -> Any:
    inner = _struct_in(kind)
    if inner is not None:
        return next((field.type for field in inner.fields if field.encode_name == step), kind)
    for option in getattr(kind, "types", (kind,)):
        if isinstance(option, msgspec.inspect.DictType):
            return option.value_type
        if isinstance(option, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)):
            return option.item_type
    return kind


def _struct_in(kind: Any) -> msgspec.inspect.StructType | None:
    options = getattr(kind, "types", (kind,))
    return next((one for one in options if isinstance(one, msgspec.inspect.StructType)), None)
