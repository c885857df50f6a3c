"""A fingerprint of what the configuration file says of one entry."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from hashlib import sha256

from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules


def digest(entry: ProviderSettings | ChainRules) -> str:
    """Return 64 hexadecimal digits that are the same for equal entries, on every machine.

    Values that are their field's default do not count, so that a field that a later version adds
    does not make every entry look changed.
    """
    text = json.dumps(_plain(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case frozenset():
            return sorted(str(inner) for inner in value)
        case tuple() | list():
            return [_plain(inner) for inner in value]
        case Decimal():
            return str(value.normalize())
        case None | bool() | int() | float() | str():
            return value
    return {
        field.name: _plain(getattr(value, field.name))
        for field in fields(value)  # type: ignore[arg-type]  # what is left are dataclasses
        if getattr(value, field.name) != _default(field)
    }


def _default(field: "Field[object]") -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
