"""How an entry differs from what it was, field by field, in words that show no secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal

from turnout.application.ports.audit import AuditChange
from turnout.domain.catalog.credential import (
    MASK,
    shown_credential,
    shown_credentials,
    shown_headers,
)
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.routing.fallback_chain import ChainRules, Target

Entry = ProviderSettings | ChainRules
_SAID_BY_THE_PATH = {"provider", "model", "account"}
"""What says of a deployment which one it is."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's dotted path, and its value before and after as text; None where it had none."""

    path: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as text, and as it may be shown."""

    text: str
    shown: str


def differences(before: Entry, after: Entry) -> tuple[FieldChange, ...]:
    """Return what differs, in the order of the fields. A changed secret is `***` before and after.

    Models are told apart by name (`models.gpt-4.upstream`), so their order does not count.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return tuple(
        FieldChange(path, _shown(old.get(path)), _shown(new.get(path)))
        for path in dict.fromkeys((*new, *old))
        if old.get(path) != new.get(path)
    )


def audit_change(entry: str, before: object, after: object) -> AuditChange:
    """Return what became of an entry; both are dataclasses, or None where it was not there.

    Of fields that are no part of a record's `repr` nothing is shown but that they changed.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    if before is None or after is None:
        same: set[str] = set()
    else:
        same = {path for path in old if path in new and old[path] == new[path]}
    return AuditChange(
        entry,
        None if before is None else {p: v.shown for p, v in old.items() if p not in same},
        None if after is None else {p: v.shown for p, v in new.items() if p not in same},
    )


def _shown(value: _Value | None) -> str | None:
    return None if value is None else value.shown


def _flat(entry: object) -> Iterator[tuple[str, _Value]]:
    shown: Mapping[str, object] = {}
    if isinstance(entry, ProviderSettings):
        shown = {
            "credential": shown_credential(entry.credential),
            "further_credentials": _text(shown_credentials(entry.further_credentials)),
            **{f"headers.{name}": text for name, text in shown_headers(entry.headers).items()},
        }
    elif is_dataclass(entry):
        shown = {field.name: MASK for field in fields(entry) if not field.repr}
    for path, text in _leaves(entry, ""):
        yield path, _Value(text, str(shown.get(path, text)))


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case Mapping():
            for key, inner in value.items():
                yield from _leaves(inner, _below(path, str(key)))
        case tuple() if all(isinstance(inner, Deployment) for inner in value):  # or is empty
            for deployment in value:
                yield from _leaves(deployment, _below("models", deployment.model))
        case _ if is_dataclass(value) and not isinstance(value, Target):
            for field in fields(value):
                if not (isinstance(value, Deployment) and field.name in _SAID_BY_THE_PATH):
                    yield from _leaves(getattr(value, field.name), _below(path, field.name))
        case _:
            yield path, _text(value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() | Decimal():
            return f"{value:.15g}" if isinstance(value, float) else format(value.normalize(), "f")
        case frozenset():
            return ", ".join(sorted(map(str, value)))
        case tuple():
            return "[" + ", ".join(map(_text, value)) + "]"
        case Target() if value.weight != 1:
            return f"{value} (weight {value.weight})"
    return str(value)
