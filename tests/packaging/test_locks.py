"""The lock files name no address and hold everything that pyproject.toml asks for, with hashes."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEV = ROOT / "requirements" / "dev.lock"
RUNTIME = ROOT / "requirements" / "runtime.lock"
PIN = re.compile(
    r"^([a-z0-9-]+)==([^ \\]+)((?:.*\\\n    --hash=sha256:[0-9a-f]{64})+)", re.MULTILINE
)


def _pins(lock: Path) -> dict[str, str]:
    return {name: version for name, version, _ in PIN.findall(lock.read_text(encoding="utf-8"))}


def _names(requirements: list[Any]) -> set[str]:
    texts = [item for item in requirements if isinstance(item, str)]
    return {re.split(r"[^A-Za-z0-9_.-]", text)[0].lower().replace("_", "-") for text in texts}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", [DEV, RUNTIME], ids=lambda lock: str(lock.stem))
def test_no_address_is_in_a_lock(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text


@pytest.mark.parametrize("lock", [DEV, RUNTIME], ids=lambda lock: str(lock.stem))
def test_every_line_is_a_pin_with_hashes(lock: Path) -> None:
    assert PIN.sub("", lock.read_text(encoding="utf-8")).strip() == ""


def test_every_dependency_is_in_both_locks(project: dict[str, Any]) -> None:
    asked = _names(project["project"]["dependencies"]) | _names(
        project["dependency-groups"]["build"]
    )
    assert asked - _pins(RUNTIME).keys() == set()
    assert asked | _names(project["dependency-groups"]["dev"]) <= _pins(DEV).keys()


def test_the_runtime_is_locked_at_the_versions_that_the_tests_run_with() -> None:
    dev = _pins(DEV)
    assert {name: dev.get(name) for name in _pins(RUNTIME)} == _pins(RUNTIME)
