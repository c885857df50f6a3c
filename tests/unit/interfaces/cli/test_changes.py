from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.commands.differences import FieldChange
from turnout.application.commands.entries import EntryChange, Outcome
from turnout.interfaces.cli.changes import change_lines, lines_of

CHANGES = {
    "provider:b": EntryChange(Outcome.CHANGED, (FieldChange("weight", "1", "2"),)),
    "provider:a": EntryChange(Outcome.ADDED, ()),
    "chain:kept": EntryChange(Outcome.KEPT, ()),
}


def test_changes_come_by_name_with_their_fields_and_without_what_is_kept() -> None:
    assert list(change_lines(CHANGES)) == [
        "+ provider:a added",
        "~ provider:b changed",
        "    weight: 1 -> 2",
    ]


def test_targets_that_lost_their_provider_are_told() -> None:
    applied = AppliedConfiguration(CHANGES, dangling=("default: gone",))
    assert lines_of(applied)[-1] == "! chain default: gone: its provider is gone"
