import pytest

from turnout.domain.catalog.probe_rules import ProbeKind
from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.rule_sections import HedgeSettings, ProbeSettings
from turnout.infrastructure.config.schema import ChainEntry, Settings
from turnout.infrastructure.config.tree import read_tree

PROVIDER = "ai_providers: {{mine: {{protocol: openai_chat, models: [m], {}}}}}"


def _provider(words: str) -> Settings:
    settings, faults = checked(read_tree(PROVIDER.format(words), "file"))
    assert faults == []
    assert settings is not None
    return settings


def _fault(text: str) -> str:
    _, (fault,) = checked(read_tree(text, "file"))
    return str(fault)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("probe: off", ProbeKind.OFF),
        ("probe: {kind: off}", ProbeKind.OFF),
        ("probe: completion", ProbeKind.COMPLETION),
        ("probe: {interval_seconds: 5}", None),
    ],
)
def test_off_means_off_although_yaml_reads_it_as_false(words: str, kind: ProbeKind | None) -> None:
    assert _provider(words).ai_providers["mine"].probe.kind is kind


def test_a_probe_of_an_unknown_kind_is_a_fault_with_its_place() -> None:
    assert _fault(PROVIDER.format("probe: ping")) == (
        "file:1: ai_providers.mine.probe: found 'ping', "
        "expected one of 'off', 'models', 'connect' or 'completion'"
    )
    assert _fault("upstream: {probe: 3}") == (
        "file:1: upstream.probe: found 3, "
        "expected one of off, models, connect, completion, or a mapping with kind"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "upstream: {circuit: {error_rate_to_open: 2}}",
            "file:1: upstream.circuit.error_rate_to_open: found 2, expected at most 1",
        ),
        (
            "upstream: {concurrency: {queue: -1}}",
            "file:1: upstream.concurrency.queue: found -1, expected at least 0",
        ),
        (
            "fallback_chains: {a: {tiers: [[b]], hedge: soon}}",
            "file:1: fallback_chains.a.hedge: found 'soon', expected true, false or a mapping",
        ),
        (
            "fallback_chains: {a: {tiers: [[b]], sticky: {by: moon}}}",
            "file:1: fallback_chains.a.sticky.by: found 'moon', "
            "expected one of 'key', 'header' or 'prompt_prefix'",
        ),
    ],
)
def test_a_fault_names_place_value_and_what_was_expected(text: str, fault: str) -> None:
    assert _fault(text) == fault


@pytest.mark.parametrize(
    ("given", "hedge"),
    [
        (True, HedgeSettings()),
        (False, None),
        ({"after_seconds": 2}, HedgeSettings(after_seconds=2)),
    ],
)
def test_hedging_is_switched_on_or_spelled_out(given: object, hedge: HedgeSettings | None) -> None:
    assert ChainEntry.model_validate({"tiers": [["a"]], "hedge": given}).hedge == hedge


def test_what_is_not_given_is_told_apart_from_what_is_given_as_nothing() -> None:
    assert ProbeSettings().model_fields_set == set()
    assert ProbeSettings(kind=None).model_fields_set == {"kind"}
