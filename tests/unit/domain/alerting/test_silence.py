"""What a silence covers."""

import pytest

from turnout.domain.alerting.alert import Alert, Finding, found
from turnout.domain.alerting.rule import Rule, RuleName, Severity
from turnout.domain.alerting.silence import Silence
from turnout.domain.shared.errors import DomainError


def alert(subject: str, rule: RuleName = RuleName.LATENCY) -> Alert:
    return found(None, Finding(rule, subject, "openai", "slow"), Rule(Severity.PAGE), 1.0)


def silence(rule: RuleName | None = None, subject: str | None = None) -> Silence:
    return Silence("sil_1", rule, subject, until=100.0, by="ada")


@pytest.mark.parametrize("subject", ["openai", "openai/gpt-4o", "openai/gpt-4o#2", "openai#2"])
def test_a_provider_covers_its_models(subject: str) -> None:
    assert silence(subject="openai").covers(alert(subject), 50.0)


@pytest.mark.parametrize("subject", ["openai2", "openai-eu/gpt-4o", "azure"])
def test_names_that_only_begin_alike_are_others(subject: str) -> None:
    assert not silence(subject="openai").covers(alert(subject), 50.0)


def test_rule_and_subject_must_both_fit() -> None:
    both = silence(RuleName.LATENCY, "openai")
    assert both.covers(alert("openai"), 50.0)
    assert not both.covers(alert("openai", RuleName.CIRCUIT_OPEN), 50.0)
    assert silence(RuleName.CIRCUIT_OPEN).covers(alert("x", RuleName.CIRCUIT_OPEN), 50.0)


def test_it_ends() -> None:
    assert not silence(subject="openai").covers(alert("openai"), 100.0)


def test_it_does_not_silence_everything() -> None:
    with pytest.raises(DomainError) as refused:
        silence()
    assert refused.value.code == "silence.empty"


def test_a_reason_has_bounds() -> None:
    with pytest.raises(DomainError) as refused:
        Silence("s", None, "a", 1.0, "ada", "x" * 201)
    assert refused.value.code == "silence.reason"
