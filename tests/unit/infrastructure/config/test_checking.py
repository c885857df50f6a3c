import pytest

from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.tree import read_tree


def only_fault(text: str) -> str:
    settings, (fault,) = checked(read_tree(text, "f"))
    assert settings is None
    return str(fault)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("server: 5", "f:1: server: found 5, expected a mapping"),
        ("server: {workers: true}", "f:1: server.workers: found True, expected a number"),
        ("server: {drain_seconds: 0}", "f:1: server.drain_seconds: found 0, expected more than 0"),
        ("upstream: {engine: curl}", "f:1: upstream.engine: found 'curl', expected one of"),
        ("upstream: {http2: true}", "f:1: upstream: found a mapping, expected the engine pyreq"),
        ("cache: {enabled: often}", "f:1: cache.enabled: found 'often', expected true or false"),
        ("cache: {max_bytes: 0}", "f:1: cache.max_bytes: found 0, expected at least 1"),
        ("cache: {ttl: 5}", "f:1: cache.ttl: found the unknown key 'ttl', expected one of"),
        (
            "fallback_chains: {a: {tiers: [[x]], cache: {ttl_seconds: 0}}}",
            "f:1: fallback_chains.a.cache.ttl_seconds: found 0, expected more than 0",
        ),
        ("logging: {level: loud}", "f:1: logging.level: found 'loud', expected one of"),
        (
            "metadata: {environment: a b}",
            "f:1: metadata.environment: found 'a b', expected text like",
        ),
        ("ai_providers: {a: {}}", "f:1: ai_providers.a.models: found nothing, expected this key"),
        (
            "ai_providers: {a: {models: []}}",
            "f:1: ai_providers.a.models: found a list, expected at",
        ),
        ("fallback_chains: {a: 5}", "f:1: fallback_chains.a: found 5, expected a list of targets"),
        (
            "fallback_chains: {a: {tiers: [[]]}}",
            "f:1: fallback_chains.a.tiers[0]: found a list, exp",
        ),
        (
            "fallback_chains: {a: [[x]]}",
            "f:1: fallback_chains.a[0]: found a list, expected a target",
        ),
    ],
)
def test_what_the_schema_refuses_is_told_in_words(text: str, expected: str) -> None:
    assert only_fault(text).startswith(expected), only_fault(text)


def test_an_unknown_key_comes_with_a_suggestion_at_any_depth() -> None:
    fault = only_fault("fallback_chains: {a: {tiers: [[{target: x, wieght: 2}]]}}")
    assert fault == (
        "f:1: fallback_chains.a.tiers[0][0].wieght: found the unknown key 'wieght', "
        "expected one of target, weight (did you mean 'weight'?)"
    )


def test_good_settings_have_no_faults() -> None:
    settings, faults = checked(read_tree("server: {port: 0}", "f"))
    assert settings is not None
    assert settings.server.port == 0
    assert faults == []
