"""tests/unit mirrors src/, file for file."""

from pathlib import PurePosixPath

from tests.architecture.source import SRC, TESTS, modules

UNIT = TESTS / "unit"

TESTED_ELSEWHERE = (
    "application/ports/",  # protocols: tests/contract tests whatever implements them
    "bootstrap/",  # wiring: tests/e2e starts what it builds
)


def _twin(place: str) -> str:
    path = PurePosixPath(place)
    return str(path.with_name(f"test_{path.name}"))


def _needing_twins() -> set[str]:
    """Modules with something to run: not those that only declare records and constants."""
    return {
        module.place
        for module in modules()
        if any(module.functions())
        and not module.path.name.startswith("__")
        and not module.place.startswith(TESTED_ELSEWHERE)
    }


def _unit_tests() -> set[str]:
    return {path.relative_to(UNIT).as_posix() for path in UNIT.rglob("test_*.py")}


def test_every_module_has_a_test_file_of_its_own() -> None:
    present = _unit_tests()
    missing = {place for place in _needing_twins() if _twin(place) not in present}
    assert sorted(missing) == []


def test_every_unit_test_has_a_module() -> None:
    """`test_attempt.py`, or `test_attempt_<something>.py`, tests `attempt.py` (or `attempt/`)."""
    orphans = [test for test in _unit_tests() if not _has_module(PurePosixPath(test))]
    assert sorted(orphans) == []


def _has_module(test: PurePosixPath) -> bool:
    folder = SRC / test.parent
    about = test.stem.removeprefix("test_")
    named = {path.stem for path in folder.glob("*") if path.suffix == ".py" or path.is_dir()}
    return any(about == name or about.startswith(f"{name}_") for name in named)
