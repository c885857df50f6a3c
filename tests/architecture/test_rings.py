"""The rings are those declared, and the inner ones use little even of the standard library."""

import grimp
import pytest

from tests.architecture.source import SRC

RINGS = {"domain", "application", "infrastructure", "interfaces", "bootstrap"}

PURE = {
    "__future__", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum",
    "fractions", "functools", "hashlib", "heapq", "ipaddress", "itertools", "json", "math",
    "operator", "re", "string", "sys", "types", "typing", "zlib",
}  # fmt: skip
ALLOWED = {
    "domain": PURE,
    "application": PURE | {"abc", "asyncio", "contextlib", "contextvars", "logging"},
}


def test_rings_on_disk_are_the_rings_declared() -> None:
    folders = {path.name for path in SRC.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == RINGS


@pytest.mark.parametrize("ring", sorted(RINGS))
def test_each_ring_says_what_may_not_enter(ring: str) -> None:
    assert "may not enter" in (SRC / ring / "README.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("ring", sorted(ALLOWED))
def test_inner_rings_import_only_what_is_listed(ring: str) -> None:
    graph = grimp.build_graph("turnout", include_external_packages=True, cache_dir=None)
    package = f"turnout.{ring}"
    inside = {package, *graph.find_descendants(package)}
    imported = {
        name for module in inside for name in graph.find_modules_directly_imported_by(module)
    }
    outside = {name for name in imported if not name.startswith("turnout.")}
    assert outside - ALLOWED[ring] == set()
