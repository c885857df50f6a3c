"""The source tree, read as text and syntax trees: nothing of it is imported."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True)
class Module:
    """One file; `place` is its path below the folder that was read, `relay/attempt.py`."""

    path: Path
    place: str
    text: str
    tree: ast.Module

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


@cache
def modules(folder: Path = SRC) -> tuple[Module, ...]:
    """Every Python file below a folder, by path."""
    return tuple(_read(path, folder) for path in sorted(folder.rglob("*.py")))


def _read(path: Path, folder: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, path.relative_to(folder).as_posix(), text, ast.parse(text, str(path)))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a chain of names, else the empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
