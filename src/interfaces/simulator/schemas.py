"""Makes an instance of a JSON schema, the same for the same salt.

Understands what structured output allows: types, properties, items, enum, const, $ref, anyOf,
oneOf, allOf, formats, bounds, in JSON Schema's or Gemini's upper-case spelling. Of patterns it
meets those that one of a few usual texts matches.
"""

import re
from binascii import crc32
from math import ceil, floor
from typing import Any

Schema = dict[str, Any]

_DEPTH_OF_OPTIONAL = 4
_DEPTH_AT_MOST = 32
_REFERENCES_AT_MOST = 32
_FORMATS = {
    "date-time": "2026-01-15T09:30:00Z",
    "date": "2026-01-15",
    "time": "09:30:00Z",
    "duration": "P3D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
_TEXTS = (
    "a",
    "A",
    "1",
    "abc",
    "Abc",
    "ABC",
    "123",
    "ABC-123",
    "12345",
    "@abc",
    "+15550100",
    "AB",
    "1.0.0",
)


class UnusableSchema(ValueError):
    """The schema is none, or nothing finite satisfies it."""


def instance_of(schema: Schema, salt: str) -> Any:
    """A value that satisfies the schema; text holds the property's name, numbers follow the salt.

    Raises UnusableSchema.
    """
    try:
        return _Maker(schema, salt).make(schema, "value", 0)
    except UnusableSchema:
        raise
    except (AttributeError, LookupError, TypeError, ValueError, re.error) as error:
        raise UnusableSchema(f"not a JSON schema: {error}") from error


class _Maker:
    def __init__(self, root: Schema, salt: str) -> None:
        self._root, self._salt = root, salt

    def make(self, schema: Schema | bool, name: str, depth: int) -> Any:
        if depth > _DEPTH_AT_MOST:
            raise UnusableSchema("the schema requires itself without end")
        schema = self._plain({} if isinstance(schema, bool) else schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][self._number(name) % len(schema["enum"])]
        match _type_of(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer":
                return int(self._bounded(schema, name, whole=True))
            case "number":
                return self._bounded(schema, name, whole=False)
            case "boolean":
                return self._number(name) % 2 == 0
            case "null":
                return None
        return _text(schema, f"{name} {self._number(name) % 100}")

    def _plain(self, schema: Schema, depth: int) -> Schema:
        """The schema with references followed, allOf merged and one alternative taken."""
        for _ in range(_REFERENCES_AT_MOST):
            if "$ref" in schema:
                schema = {**self._referred(schema["$ref"]), **_without(schema, "$ref")}
            elif schema.get("allOf"):
                parts = [self._plain(part, depth) for part in schema["allOf"]]
                schema = _merged([_without(schema, "allOf"), *parts])
            elif schema.get("anyOf") or schema.get("oneOf"):
                key = "anyOf" if schema.get("anyOf") else "oneOf"
                schema = _merged([_without(schema, key), _alternative(schema[key], depth)])
            else:
                return schema
        raise UnusableSchema("the schema refers to itself without end")

    def _referred(self, reference: str) -> Schema:
        found: Any = self._root
        for step in reference.lstrip("#/").split("/") if reference != "#" else ():
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return dict(found)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = schema.get("required") or []
        wanted = schema.get("properties") or {}
        if depth > _DEPTH_OF_OPTIONAL:  # a schema may hold itself
            wanted = {name: wanted[name] for name in wanted if name in required}
        made = {name: self.make(inner, name, depth + 1) for name, inner in wanted.items()}
        return made | {name: f"{name}" for name in required if name not in made}

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        heads = schema.get("prefixItems") or []
        made = [self.make(inner, name, depth + 1) for inner in heads]
        least = int(schema.get("minItems") or 0)
        most = int(schema.get("maxItems", max(least, len(heads), 1)))
        wanted = max(least, min(most, 0 if depth > _DEPTH_OF_OPTIONAL or heads else 1))
        for position in range(len(made), wanted):
            made.append(self.make(schema.get("items", {}), f"{name} {position + 1}", depth + 1))
        return made

    def _bounded(self, schema: Schema, name: str, *, whole: bool) -> float:
        step = schema.get("multipleOf") or (1 if whole else 0.5)
        low, high = schema.get("minimum"), schema.get("maximum")
        least, most = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        if least is not None:
            low = (floor(least / step) + 1) * step
        if most is not None:
            high = (ceil(most / step) - 1) * step
        first = ceil((low if low is not None else min(0, high or 0)) / step)
        last = first + 99 if high is None else floor(high / step)
        if last < first:  # no multiple fits: any number between the bounds
            return float(((low or 0) + (high or 0)) / 2)
        value: float = (first + self._number(name) % (last - first + 1)) * step
        return value

    def _number(self, name: str) -> int:
        return crc32(f"{self._salt}/{name}".encode())


def _alternative(schemas: list[Schema], depth: int) -> Schema:
    """The first, but deep inside rather null or the last: a schema may hold itself."""
    if depth <= _DEPTH_OF_OPTIONAL:
        return schemas[0]
    return next((one for one in schemas if one.get("type") == "null"), schemas[-1])


def _type_of(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind).lower()


def _text(schema: Schema, text: str) -> str:
    text = _FORMATS.get(str(schema.get("format")), text)
    pattern = schema.get("pattern")
    if pattern is not None and not re.search(pattern, text):
        candidates = (*_TEXTS, *_FORMATS.values())
        text = next((one for one in candidates if re.search(pattern, one)), text)
    text = text.ljust(int(schema.get("minLength") or 0), "x")
    return text[: int(schema.get("maxLength", len(text)))]


def _merged(schemas: list[Schema]) -> Schema:
    merged: Schema = {}
    for schema in schemas:
        properties = {**merged.get("properties", {}), **schema.get("properties", {})}
        required = [*merged.get("required", []), *schema.get("required", [])]
        merged = {**merged, **schema}
        if properties:
            merged["properties"] = properties
        if required:
            merged["required"] = required
    return merged


def _without(schema: Schema, key: str) -> Schema:
    return {name: value for name, value in schema.items() if name != key}
