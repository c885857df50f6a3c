"""tests/unit mirrors src/, file for file."""

from pathlib import PurePosixPath

from tests.architecture.source import SRC, TESTS, modules

UNIT = TESTS / "unit"

NOTHING_TO_RUN = ("application/ports/",)
"""Protocols only: what implements them is tested, on every implementation, in tests/contract."""

WITHOUT_TWIN: set[str] = set()
"""Modules that have no test file of their own yet. This list only shrinks."""


def _twin(place: str) -> str:
    path = PurePosixPath(place)
    return str(path.with_name(f"test_{path.name}"))


def _needing_twins() -> set[str]:
    return {
        module.place
        for module in modules()
        if PurePosixPath(module.place).name not in {"__init__.py", "__main__.py"}
        and not module.place.startswith(NOTHING_TO_RUN)
    }


def _unit_tests() -> set[str]:
    return {path.relative_to(UNIT).as_posix() for path in UNIT.rglob("test_*.py")}


def test_every_module_has_a_test_file_of_its_own() -> None:
    present = _unit_tests()
    missing = {place for place in _needing_twins() if _twin(place) not in present}
    assert sorted(missing - WITHOUT_TWIN) == []


def test_modules_listed_as_without_test_have_none() -> None:
    present = _unit_tests()
    listed = {place for place in WITHOUT_TWIN if _twin(place) in present}
    assert sorted(listed) == [], "these have a test now: take them off the list"
    assert sorted(WITHOUT_TWIN - _needing_twins()) == [], "these are gone: take them off the list"


def test_every_unit_test_has_a_module() -> None:
    """`test_attempt.py`, or `test_attempt_<something>.py`, tests `attempt.py` (or `attempt/`)."""
    orphans = [test for test in _unit_tests() if not _has_module(PurePosixPath(test))]
    assert sorted(orphans) == []


def _has_module(test: PurePosixPath) -> bool:
    folder = SRC / test.parent
    about = test.stem.removeprefix("test_")
    named = {path.stem for path in folder.glob("*") if path.suffix == ".py" or path.is_dir()}
    return any(about == name or about.startswith(f"{name}_") for name in named)
