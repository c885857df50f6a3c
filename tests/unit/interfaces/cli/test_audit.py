from pathlib import Path

import pytest
from tests.support.cli import NotedActions, run

from turnout.application.ports.audit import AuditVerdict

FILE = Path("turnout.yaml")
HASH = "a" * 64


def test_a_good_log_says_what_to_note_down() -> None:
    noted = NotedActions(verdict=AuditVerdict(7, HASH, None))
    ran = run(noted.actions(), "audit", "verify")
    assert (ran.code, ran.output) == (0, f"good: 7 lines; note this down: 7:{HASH}\n")
    assert noted.asked == [("verify", FILE, None)]


def test_a_bad_line_is_named_and_ends_with_1() -> None:
    noted = NotedActions(verdict=AuditVerdict(6, HASH, "line 7 is missing"))
    ran = run(noted.actions(), "audit", "verify", "--expect", f"9:{HASH}", "-c", "a.yaml")
    assert (ran.code, ran.errors) == (1, "line 7 is missing; the lines before it are good\n")
    assert noted.asked == [("verify", Path("a.yaml"), (9, HASH))]


@pytest.mark.parametrize("expect", ["", "9", f"0:{HASH}", "9:abc", f"x:{HASH}"])
def test_what_was_noted_down_has_a_form(expect: str) -> None:
    ran = run(NotedActions().actions(), "audit", "verify", f"--expect={expect}")
    assert ran.code == 2
    assert "expected NUMBER:HASH" in ran.errors


def test_every_line_is_exported() -> None:
    ran = run(NotedActions().actions(), "audit", "export", "--jsonl")
    assert (ran.code, ran.output) == (0, "{}\n{}\n")
