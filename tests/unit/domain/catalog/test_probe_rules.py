import pytest

from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.shared.errors import DomainError


def test_probes_are_cheap_unless_told_otherwise() -> None:
    assert ProbeRules().kind is ProbeKind.MODELS


def test_an_interval_is_positive() -> None:
    with pytest.raises(DomainError, match="probe interval_seconds is 0") as caught:
        ProbeRules(interval_seconds=0)
    assert caught.value.code == "probe.not_positive"
