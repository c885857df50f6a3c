"""`turnout config apply`, `history` and `rollback`, on a real store."""

import json
from pathlib import Path

import pytest
from tests.support.cli import Ran, run

from turnout.bootstrap.__main__ import ACTIONS

FIRST = """\
ai_providers:
  north: {protocol: openai_chat, base_url: http://127.0.0.1:1, api_key: planted-1, models: [a]}
fallback_chains:
  main: [north]
"""
SECOND = """\
ai_providers:
  north:
    protocol: openai_chat
    base_url: http://127.0.0.1:1
    api_key: planted-2
    weight: 5
    headers: {x-api-key: planted-3}
    models: [a, b]
  south: {protocol: openai_chat, base_url: http://127.0.0.1:2, models: [a]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "turnout.yaml"


def config(command: str, *arguments: object) -> Ran:
    return run(ACTIONS, "config", command, *map(str, arguments))


def apply(file: Path, text: str, *arguments: str) -> Ran:
    file.write_text(text)
    return config("apply", file, *arguments)


def revisions(file: Path) -> list[tuple[int, str, list[str]]]:
    past = json.loads(config("history", "--config", file, "--json").output)
    return [
        (each["revision"], each["changed_by"], [change["event"] for change in each["changes"]])
        for each in past
    ]


def test_a_change_is_shown_tried_stored_and_taken_back(file: Path) -> None:
    first = apply(file, FIRST)
    assert (first.code, first.output.splitlines()) == (
        0,
        ["+ chain:main added", "+ provider:north added"],
    )
    shown = [
        "- chain:main removed",
        "~ provider:north changed",
        "    weight: 1 -> 5",
        "    headers.x-api-key: (none) -> ***",
    ]
    tried = apply(file, SECOND, "--dry-run")
    assert tried.code == 0
    assert tried.output.splitlines()[:4] == shown
    assert len(revisions(file)) == 1
    assert apply(file, SECOND).output == tried.output
    assert "planted" not in tried.output
    assert apply(file, SECOND).output == "nothing changes\n"

    back = config("rollback", 2, "--config", file)
    assert back.code == 0, back.errors
    assert "~ provider:north changed\n    weight: 5 -> 1" in back.output
    assert revisions(file) == [
        (8, "rollback", ["ProviderRevised", "FallbackChainDefined", "ProviderRetired"]),
        (5, "file", ["ProviderRevised", "ProviderRegistered", "FallbackChainRemoved"]),
        (2, "file", ["ProviderRegistered", "FallbackChainDefined"]),
    ]
    assert apply(file, SECOND).output == "nothing changes\n"  # the file says what it said before
    assert b"planted-1" not in file.with_suffix(".db").read_bytes()


def test_faults_end_with_two_and_change_nothing(file: Path) -> None:
    apply(file, FIRST)
    bad = apply(file, SECOND.replace("weight: 5", "wieght: 5"))
    assert (bad.code, bad.output) == (2, "")
    assert "turnout.yaml:6: ai_providers.north.wieght" in bad.errors
    file.write_text(FIRST)
    assert len(revisions(file)) == 1


def test_a_revision_that_is_not_kept_is_refused_with_the_known_ones(file: Path) -> None:
    apply(file, FIRST)
    refused = config("rollback", 7, "--config", file)
    assert refused.code == 2
    assert "revision 7 is not kept: expected one of the 1 from 2 to 2, such as 2" in refused.errors


def test_trying_and_looking_make_no_store(file: Path) -> None:
    assert apply(file, FIRST, "--dry-run").output.startswith("+ chain:main added")
    assert revisions(file) == []
    assert [path.name for path in file.parent.iterdir()] == ["turnout.yaml"]


def test_a_file_can_be_applied_to_anothers_store(file: Path) -> None:
    other = file.with_name("other.yaml")
    file.write_text(FIRST)
    assert apply(other, FIRST, "--config", str(file)).code == 0
    assert file.with_suffix(".db").exists()
    assert not other.with_suffix(".db").exists()
