"""What may stand below `alerts`, and how faults in it are told."""

import pytest

from turnout.infrastructure.config.alert_sections import Alerts
from turnout.infrastructure.config.checking import checked
from turnout.infrastructure.config.tree import read_tree


def faults(text: str) -> list[str]:
    _, found = checked(read_tree(text, "a.yaml"))
    return [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: {latency: {sheer: 0.5}}", "a.yaml:1: alerts.rules.latency.sheer: "),
        ("rules: {latenzy: true}", "(did you mean 'latency'?)"),
        ("rules: {latency: 5}", "expected true, false or a mapping"),
        ("rules: {latency: {severity: loud}}", "expected one of 'page' or 'warning'"),
        ("rules: {error_budget_burn: {objective: 1}}", "objective: found 1, expected less than 1"),
        (
            "rules: {error_budget_burn: {windows: "
            "[{short_seconds: 9, long_seconds: 9, factor: 1}]}}",
            "expected short_seconds below long_seconds",
        ),
        ("channels: {a: {kind: apprise}}", "alerts.channels.a.url: found nothing"),
        ("channels: {a: {url: 'slack://x', secret: s}}", "the kind webhook together with secret"),
        ("channels: {a: {url: 'slack://x', severities: []}}", "at least 1 entry"),
    ],
)
def test_a_fault_names_its_place_and_what_was_expected(text: str, told: str) -> None:
    (fault,) = faults(f"alerts: {{{text}}}")
    assert told in fault


def test_a_bare_word_switches_a_rule() -> None:
    section = Alerts.model_validate({"rules": {"latency": False, "circuit_open": True}})
    assert (section.rules.latency.enabled, section.rules.circuit_open.enabled) == (False, True)
