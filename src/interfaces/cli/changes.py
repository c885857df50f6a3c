"""What applying a configuration has changed, as lines for people; `serve` writes them too."""

from collections.abc import Iterator

from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.commands.entries import EntryChange, EntryChanges, Outcome

_SIGNS = {Outcome.ADDED: "+", Outcome.CHANGED: "~", Outcome.REMOVED: "-"}


def lines_of(applied: AppliedConfiguration) -> list[str]:
    """Return what was changed as lines for people, none if nothing was."""
    lost = [f"! chain {target}: its provider is gone" for target in applied.dangling]
    return [*change_lines(applied.changes), *lost]


def change_lines(changes: EntryChanges) -> Iterator[str]:
    """Yield what happened to each entry, and to each of its fields."""
    for entry, change in sorted(changes.items()):
        if change.outcome is not Outcome.KEPT:
            yield f"{_SIGNS[change.outcome]} {entry} {change.outcome}"
            yield from _field_lines(change)


def _field_lines(change: EntryChange) -> Iterator[str]:
    for field in change.fields:
        old, new = ("(none)" if value is None else value for value in (field.old, field.new))
        yield f"    {field.path}: {old} -> {new}"
