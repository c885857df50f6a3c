"""Turns what pydantic refuses into faults that name place, value and what was expected."""

import types
from difflib import get_close_matches
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from turnout.infrastructure.config.faults import Fault
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.tree import Node, Path, child, describe, dotted, nearest, plain

_WORDS = {
    "missing": "this key",
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "decimal_type": "an amount of dollars",
    "decimal_parsing": "an amount of dollars",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "text that is not empty",
}


def checked(tree: Node) -> tuple[Settings | None, list[Fault]]:
    """Check a tree against the schema; return the settings, or every fault."""
    try:
        return Settings.model_validate(plain(tree)), []
    except ValidationError as error:
        return None, [
            _fault(tree, _real_path(tree, e["loc"]), e["type"], e.get("ctx") or {}, e["msg"])
            for e in error.errors(include_url=False)
        ]


def _real_path(tree: Node, loc: tuple[str | int, ...]) -> Path:
    """Drop from pydantic's location the steps that only a short form spelled out would have."""
    if loc[:1] == ("fallback_chains",) and isinstance(nearest(tree, loc[:2]).value, list):
        loc = (*loc[:2], *loc[3:4], *loc[5:])  # of tiers[n][0], only the n is in the file
    path: list[str | int] = []
    node = tree
    for place, step in enumerate(loc):
        below = child(node, step)
        if below is not None:
            node = below
        elif place < len(loc) - 1 or not isinstance(node.value, dict) or not _is_key(step):
            continue
        path.append(step)
    return tuple(path)


def _is_key(step: str | int) -> bool:
    return isinstance(step, str) and step.isidentifier() and not step[0].isupper()


def _fault(tree: Node, path: Path, kind: str, context: dict[str, object], message: str) -> Fault:
    node = nearest(tree, path)
    where = dotted(path)
    if kind == "extra_forbidden":
        known = _keys_at(path[:-1])
        near = get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else ""
        expected = "one of " + ", ".join(sorted(known)) if known else "no such key"
        return Fault(node.origin, where, f"the unknown key {str(path[-1])!r}", expected, hint)
    if kind == "missing":
        return Fault(node.origin, where, "nothing", _WORDS[kind])
    return Fault(node.origin, where, describe(node), _expected(kind, context, message))


def _expected(kind: str, context: dict[str, object], message: str) -> str:
    if kind in ("enum", "literal_error"):
        return f"one of {context.get('expected')}"
    if kind == "greater_than":
        return f"more than {context['gt']}"
    if kind == "greater_than_equal":
        return f"at least {context['ge']}"
    if kind == "less_than":
        return f"less than {context['lt']}"
    if kind == "less_than_equal":
        return f"at most {context['le']}"
    if kind == "too_short":
        return f"at least {context['min_length']} entry"
    if kind == "string_pattern_mismatch":
        return f"text like {context['pattern']}"
    if kind == "value_error":
        return str(context.get("error", message))
    return _WORDS.get(kind, message.lower())


def _keys_at(path: Path) -> list[str]:
    """Return the keys that the schema knows at `path`."""
    models: list[object] = [Settings]
    for step in path:
        models = [inner for model in models for inner in _step(model, step)]
    keys: dict[str, None] = {}
    for model in models:
        if isinstance(model, type) and issubclass(model, BaseModel):
            keys.update(dict.fromkeys(model.model_fields))
    return list(keys)


def _step(model: object, step: str | int) -> list[object]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        field = model.model_fields.get(str(step))
        return _alternatives(field.annotation) if field else []
    origin, arguments = get_origin(model), get_args(model)
    if origin is dict:
        return _alternatives(arguments[1])
    if origin is list:
        return _alternatives(arguments[0])
    return []


def _alternatives(annotation: object) -> list[object]:
    if hasattr(annotation, "__metadata__"):
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return [inner for each in get_args(annotation) for inner in _alternatives(each)]
    return [annotation]
