"""docs/configuration.md has every key that `turnout.yaml` may have, with its type and default."""

from dataclasses import asdict
from typing import Any

import pytest

from tests.docs.pages import page, rows, words
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.timeouts import AttemptLimits, ModelTimeouts, Timeouts
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability
from turnout.domain.inference.failure import DISPOSITIONS, MovesOn
from turnout.domain.routing.fallback_chain import DEADLINE_SECONDS, MAX_ATTEMPTS
from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.tree import read_tree
from turnout.infrastructure.discovery import discover_vendors

PAGE = page("configuration.md")
SCHEMA = Settings.model_json_schema()
SECTIONS = {
    "metadata": "Metadata",
    "server": "Server",
    "listener_tls": "ListenerTls",
    "provider_tls": "ProviderTls",
    "control": "Control",
    "oidc": "Oidc",
    "upstream": "Upstream",
    "timeouts": "TimeoutLimits",
    "circuit": "CircuitSettings",
    "probe": "ProbeSettings",
    "concurrency": "ConcurrencySettings",
    "cache": "Cache",
    "database": "Database",
    "shared_state": "SharedState",
    "limits": "Limits",
    "limit": "LimitEntry",
    "ledger": "Ledger",
    "secrets": "Secrets",
    "logging": "Logging",
    "alerts": "Alerts",
    "alert_rules": "RuleSet",
    "alert_rule": "AlertRule",
    "error_budget_burn": "BurnRule",
    "burn_windows": "BurnPair",
    "latency_rule": "LatencyRule",
    "certificate_rule": "ExpiryRule",
    "alert_channel": "AlertChannel",
    "telemetry": "Telemetry",
    "traces": "Traces",
    "ai_providers": "ProviderEntry",
    "models": "Model",
    "model_timeouts": "ModelTimeoutLimits",
    "price": "ModelPrice",
    "fallback_chains": "ChainEntry",
    "chain_cache": "ChainCache",
    "sticky": "StickySettings",
    "hedge": "HedgeSettings",
    "targets": "ChainTarget",
}
"""Headings of the page, and the parts of the schema that they describe."""
HEADINGS = {part: heading for heading, part in SECTIONS.items()}
PLURALS = {"FailureKind": "failure kinds", "Severity": "severities"}
RULES: dict[str, CircuitLimits | ProbeRules | ConcurrencyRules] = {
    "circuit": CircuitLimits(),
    "probe": ProbeRules(),
    "concurrency": ConcurrencyRules(),
}
LATER_DEFAULTS: dict[str, object] = {
    "timeouts.connect_seconds": Timeouts().connect_seconds,
    **{
        f"timeouts.{name}": value
        for name, value in asdict(
            AttemptLimits.of(Timeouts(), ModelTimeouts(), thinks=False)
        ).items()
    },
    **{
        f"{heading}.{name}": value
        for heading, rules in RULES.items()
        for name, value in asdict(rules).items()
    },
    "fallback_chains.deadline_seconds": DEADLINE_SECONDS,
    "fallback_chains.max_attempts": MAX_ATTEMPTS,
}
"""Defaults that are laid down where the schema says nothing."""


def _plain(key: dict[str, Any]) -> dict[str, Any]:
    """The schema of a key that may also be null, without that."""
    options = [option for option in key.get("anyOf", []) if option != {"type": "null"}]
    return _plain(options[0]) if len(options) == 1 else key


def expected_type(key: dict[str, Any]) -> str:
    """The page's words for a type of the schema."""
    key = _plain(key)
    if "$ref" in key:
        name = key["$ref"].rpartition("/")[2]
        return f"`{HEADINGS[name]}`" if name in HEADINGS else _choice(SCHEMA["$defs"][name]["enum"])
    if "enum" in key:
        return _choice(key["enum"])
    if "anyOf" in key:  # decimals: a number, or a text that is one
        return f"number{_bounds(key)}"
    kind = key["type"]
    if kind == "array":
        some = ", not empty" if key.get("minItems") else ""
        return f"list of {_plural(key['items'])}{some}"
    if kind == "string":
        return "text, not empty" if key.get("minLength") else "text"
    return {
        "boolean": "true or false",
        "integer": f"whole number{_bounds(key)}",
        "number": f"number{_bounds(key)}",
        "object": _mapping(key),
    }[str(kind)]


def _mapping(key: dict[str, Any]) -> str:
    named = key.get("additionalProperties", {}).get("$ref", "").rpartition("/")[2]
    return f"mapping of `{HEADINGS[named]}`" if named in HEADINGS else "mapping of texts"


def _plural(item: dict[str, Any]) -> str:
    if "$ref" in item:
        name = item["$ref"].rpartition("/")[2]
        return PLURALS.get(name) or f"`{HEADINGS[name]}`"
    return f"lists of {_plural(item['items'])}" if item["type"] == "array" else "texts"


def _choice(values: list[str]) -> str:
    quoted = [f"`{value}`" for value in values]
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _bounds(key: dict[str, Any]) -> str:
    least = key.get("ge", key.get("minimum"))
    most = key.get("le", key.get("maximum"))
    if most is not None and least is None:
        return f", more than 0, at most {most}"
    if most is not None:
        return f", {least} to {most}"
    if least is not None:
        return f", {least} or more"
    return ", more than 0" if "gt" in key or "exclusiveMinimum" in key else ""


def expected_default(section: str, name: str, key: dict[str, Any]) -> str:
    """The page's words for a default."""
    default = LATER_DEFAULTS.get(f"{section}.{name}", key.get("default", "required"))
    if default == "required":
        return "required"
    if default in (None, [], {}) or ("$ref" in key and isinstance(default, dict)):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def expected_rows() -> set[tuple[str, str, str, str]]:
    return {
        (section, name, expected_type(key), expected_default(section, name, key))
        for section, part in SECTIONS.items()
        for name, key in SCHEMA["$defs"][part]["properties"].items()
    }


def test_every_key_is_there_with_its_type_and_default() -> None:
    told = {
        (heading, words(cells[0])[0], cells[1], cells[2]) for heading, cells in rows(PAGE, "key")
    }
    assert sorted(told - expected_rows()) == [], "the page says what is not so"
    assert sorted(expected_rows() - told) == [], "the page does not say"


def test_every_section_has_a_heading() -> None:
    parts = {name for name, part in SCHEMA["$defs"].items() if "properties" in part}
    assert parts == set(SECTIONS.values())
    assert set(SCHEMA["properties"]) <= set(SECTIONS)


def test_every_vendor_is_listed_with_what_its_name_implies() -> None:
    told = {cells[0]: (cells[1], cells[2]) for _, cells in rows(PAGE, "vendor")}
    assert told == {
        f"`{name}`": (f"`{vendor.protocol}`", f"`{vendor.key_variable}`".replace("`None`", "none"))
        for name, vendor in discover_vendors().items()
    }


def test_every_failure_kind_is_told_to_move_on_or_not() -> None:
    meaning = {"yes": MovesOn.ALWAYS, "no": MovesOn.NEVER}
    told = {
        kind: meaning.get(cells[1], MovesOn.IF_LARGER)
        for _, cells in rows(PAGE, "kind")
        for kind in words(cells[0])
    }
    assert told == {kind.value: disposition.moves_on for kind, disposition in DISPOSITIONS.items()}


def test_every_capability_is_named() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("Capabilities: ")]
    known, _, usual = line.partition("A model that nobody knows")
    assert words(known) == list(Capability)
    assert set(words(usual.partition(".")[0])) == set(UNKNOWN_MODEL)


@pytest.mark.parametrize("example", PAGE.split("```yaml\n")[1:])
def test_every_example_is_a_configuration(example: str) -> None:
    settings, faults = checked(read_tree(example.partition("```")[0], "example"))
    assert faults == []
    assert settings is not None
