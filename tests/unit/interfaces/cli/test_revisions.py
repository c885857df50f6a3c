import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.cli import NotedActions

from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.commands.differences import FieldChange
from turnout.application.commands.entries import ADDED, KEPT, REMOVED, EntryChange, Outcome
from turnout.application.ports.history import ChangedBy, PastChange, PastRevision

APPLIED = AppliedConfiguration(
    {
        "provider:google": EntryChange(
            Outcome.CHANGED,
            (FieldChange("weight", "1", "5"), FieldChange("headers.x-team", None, "[search]")),
        ),
        "provider:openai": KEPT,
        "chain:main": ADDED,
        "chain:old": REMOVED,
    },
    ("mine: old/m",),
)
PAST = [
    PastRevision(
        7,
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        ChangedBy.FILE,
        (PastChange("provider:openai", "ProviderRevised", ("weight", "priority")),),
    ),
    PastRevision(6, datetime(2026, 1, 1, tzinfo=UTC), ChangedBy.UNKNOWN, ()),
]


@pytest.mark.parametrize(
    "arguments, asked",
    [
        ("", (Path("turnout.yaml"), Path("turnout.yaml"), False)),
        ("f.yaml --dry-run", (Path("f.yaml"), Path("f.yaml"), True)),
        ("--config c.yaml", (Path("c.yaml"), Path("c.yaml"), False)),
        ("f.yaml --config c.yaml", (Path("f.yaml"), Path("c.yaml"), False)),
    ],
)
def test_the_file_and_the_store_are_named_or_the_usual_ones(
    arguments: str, asked: tuple[Path, Path, bool]
) -> None:
    noted = NotedActions()
    ran = noted.run("config", "apply", *arguments.split())
    assert (ran.code, ran.output) == (0, "nothing changes\n")
    assert noted.asked == [("apply", *asked)]


def test_what_changes_is_told_entry_by_entry_and_field_by_field() -> None:
    ran = NotedActions(applied=APPLIED).run("config", "apply")
    assert ran.output.splitlines() == [
        "+ chain:main added",
        "- chain:old removed",
        "~ provider:google changed",
        "    weight: 1 -> 5",
        "    headers.x-team: (none) -> [search]",
        "! chain mine: old/m: its provider is gone",
    ]


def test_a_rollback_tells_what_it_changed() -> None:
    noted = NotedActions(applied=APPLIED)
    ran = noted.run("config", "rollback", "6", "--config", "c.yaml")
    assert (ran.code, ran.output.splitlines()[0]) == (0, "+ chain:main added")
    assert noted.asked == [("roll back", Path("c.yaml"), 6)]
    assert noted.run("config", "rollback", "six").code == 2


def test_history_is_a_table_or_json() -> None:
    noted = NotedActions(past=PAST)
    table = noted.run("config", "history").output
    assert "2026-01-02 03:04:05 UTC" in table
    assert "provider:openai ProviderRevised: weight, priority" in table
    newest, oldest = json.loads(noted.run("config", "history", "--json").output)
    assert newest == {
        "revision": 7,
        "at": "2026-01-02T03:04:05+00:00",
        "changed_by": "file",
        "changes": [
            {
                "entry": "provider:openai",
                "event": "ProviderRevised",
                "fields": ["weight", "priority"],
            }
        ],
    }
    assert (oldest["changed_by"], oldest["changes"]) == ("unknown", [])
    assert noted.asked[0] == ("history", Path("turnout.yaml"))
