"""A small validator of JSON Schema, strict about properties that a schema does not name."""

import re
from collections.abc import Iterator, Mapping

Schema = Mapping[str, object]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def faults(value: object, schema: Schema, root: Schema, path: str = "$") -> list[str]:
    """Return what is wrong with `value`, each with its path; nothing if it is valid."""
    return list(_faults(value, _resolved(schema, root), root, path))


def _resolved(schema: Schema, root: Schema) -> Schema:
    while isinstance(ref := schema.get("$ref"), str):
        found: object = root
        for step in ref.removeprefix("#/").split("/"):
            assert isinstance(found, Mapping)
            found = found[step]
        assert isinstance(found, Mapping)
        schema = found
    return schema


def _faults(value: object, schema: Schema, root: Schema, path: str) -> Iterator[str]:
    for name in ("anyOf", "oneOf"):
        branches = schema.get(name)
        if isinstance(branches, list):
            tried = [faults(value, branch, root, path) for branch in branches]
            if all(tried):
                yield from min(tried, key=_depth)
                return
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        yield f"{path}: {value!r} is none of {allowed}"
    kind = schema.get("type")
    if isinstance(kind, str) and not _is(value, kind):
        yield f"{path}: {value!r:.60} is no {kind}"
        return
    if isinstance(value, dict):
        yield from _object(value, schema, root, path)
    if isinstance(value, list) and isinstance(items := schema.get("items"), Mapping):
        for index, item in enumerate(value):
            yield from faults(item, items, root, f"{path}[{index}]")
    yield from _limits(value, schema, path)


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _object(value: dict[str, object], schema: Schema, root: Schema, path: str) -> Iterator[str]:
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        if name not in value:
            yield f"{path}: {name} is missing"
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return
    more = schema.get("additionalProperties", False)
    for name, inner in value.items():
        if name in properties:
            yield from faults(inner, properties[name], root, f"{path}.{name}")
        elif more is False:
            yield f"{path}: {name} is unknown"


def _limits(value: object, schema: Schema, path: str) -> Iterator[str]:
    pattern = schema.get("pattern")
    if isinstance(value, str) and isinstance(pattern, str) and not re.search(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"
    shortest = schema.get("minLength")
    if isinstance(value, str) and isinstance(shortest, int) and len(value) < shortest:
        yield f"{path}: {value!r} is too short"
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum"), schema.get("maximum")
        if isinstance(least, int | float) and value < least:
            yield f"{path}: {value} is under {least}"
        if isinstance(most, int | float) and value > most:
            yield f"{path}: {value} is over {most}"


def _depth(found: list[str]) -> tuple[int, int]:
    """The branch that went deepest is the one that was meant."""
    return -max(len(fault.partition(":")[0]) for fault in found), len(found)
