"""A vendor's or protocol's folder names no other: deleting one breaks none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import SRC, Module, modules

FAMILIES = (
    "infrastructure/providers",
    "infrastructure/protocols",
    "interfaces/relay/ingress",
)


def _adapters(family: str) -> set[str]:
    folders = (path for path in (SRC / family).iterdir() if path.is_dir())
    return {path.name for path in folders if path.name != "__pycache__"}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_adapter_names_another(family: str) -> None:
    names = _adapters(family)
    assert names, f"no adapter in {family}"
    found = [
        f"{module.place}:{line} names {word}"
        for name in names
        for module in modules()
        if module.place.startswith(f"{family}/{name}/")
        for line, word in _words(module)
        if word in names - {name}
    ]
    assert found == []


def test_a_named_neighbour_is_seen(tmp_path: Path) -> None:
    source = "from turnout.infrastructure.providers.groq import VENDOR\nx = 'mistral'\ngroq.y\n"
    module = Module(tmp_path, "a.py", source, ast.parse(source))
    assert {word for _, word in _words(module)} >= {"groq", "mistral"}


def _words(module: Module) -> Iterator[tuple[int, str]]:
    """Identifiers, parts of import paths and whole strings, with their lines."""
    for node in ast.walk(module.tree):
        match node:
            case ast.ImportFrom(module=path, names=names, lineno=line):
                yield from ((line, part) for part in (path or "").split("."))
                yield from ((line, alias.name) for alias in names)
            case ast.Import(names=names, lineno=line):
                yield from ((line, part) for alias in names for part in alias.name.split("."))
            case ast.Name(id=word, lineno=line) | ast.Attribute(attr=word, lineno=line):
                yield line, word
            case ast.Constant(value=str(word), lineno=line):
                yield line, word
