"""Fitting a JSON Schema into the part of the language that structured outputs know.

Source: Anthropic's structured outputs, "JSON Schema limitations".
"""

from collections.abc import Mapping

_NESTED = ("anyOf", "allOf")
_NAMED = ("properties", "$defs", "definitions")
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
_UNKNOWN = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "maxItems", "uniqueItems", "contains", "minContains",
        "maxContains", "minProperties", "maxProperties", "propertyNames", "patternProperties",
        "dependentRequired", "dependentSchemas", "if", "then", "else", "not", "prefixItems",
        "unevaluatedProperties", "unevaluatedItems",
    }
)  # fmt: skip


class OpenSchema(Exception):
    """The schema has an object that takes any property, which structured outputs refuse."""


def fit_schema(schema: Mapping[str, object], lost: set[str]) -> dict[str, object]:
    """Return a schema that structured outputs take; `lost` gains the keywords that they ignore.

    What they ignore is told to the model in the description instead. Raises OpenSchema.
    """
    fitted: dict[str, object] = {}
    hints: dict[str, object] = {}
    for keyword, value in schema.items():
        if _unknown(keyword, value):
            hints[keyword] = value
        elif keyword in _NAMED and isinstance(value, Mapping):
            fitted[keyword] = {name: _fit(each, lost) for name, each in value.items()}
        elif keyword in _NESTED and isinstance(value, list):
            fitted[keyword] = [_fit(each, lost) for each in value]
        elif keyword == "oneOf" and isinstance(value, list):
            fitted["anyOf"] = [_fit(each, lost) for each in value]
        elif keyword == "items":
            fitted[keyword] = _fit(value, lost)
        else:
            fitted[keyword] = value
    _close(fitted)
    if hints:
        lost.update(hints)
        told = ", ".join(f"{keyword}: {value}" for keyword, value in hints.items())
        fitted["description"] = f"{fitted.get('description', '')} ({told})".lstrip()
    return fitted


def _fit(value: object, lost: set[str]) -> object:
    return fit_schema(value, lost) if isinstance(value, Mapping) else value


def _unknown(keyword: str, value: object) -> bool:
    if keyword == "minItems":
        return value not in (0, 1)
    if keyword == "format":
        return value not in _FORMATS
    return keyword in _UNKNOWN


def _close(schema: dict[str, object]) -> None:
    kind = schema.get("type")
    if kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema:
        if schema.get("additionalProperties", False) is not False:
            raise OpenSchema
        schema["additionalProperties"] = False
