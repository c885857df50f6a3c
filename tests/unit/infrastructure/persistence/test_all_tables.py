"""Every module of tables is named where migrations look."""

from pathlib import Path

from turnout.infrastructure.persistence import all_tables


def test_every_module_of_tables_is_named() -> None:
    folder = Path(all_tables.__file__).parent
    modules = {path.stem for path in folder.glob("*tables.py")} - {"all_tables"}
    assert modules == set(all_tables.__all__) - {"METADATA"}


def test_the_metadata_holds_tables() -> None:
    assert {"provider", "fallback_chain", "event"} <= set(all_tables.METADATA.tables)
