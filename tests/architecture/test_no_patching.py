"""Tests replace things through ports, not by patching; and none is skipped."""

import ast

from tests.architecture.source import TESTS, dotted, modules

PATCHES = {"monkeypatch.setattr", "monkeypatch.delattr", "mocker.patch", "mock.patch"}
SKIPS = {"pytest.skip", "pytest.importorskip", "pytest.xfail"}
SKIP_MARKS = {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}


def _uses(forbidden: set[str]) -> list[str]:
    return [
        f"{module.place}:{node.lineno} {dotted(node)}"
        for module in modules(TESTS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in forbidden
    ]


def test_nothing_is_patched() -> None:
    assert _uses(PATCHES) == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    assert _uses(SKIPS | SKIP_MARKS) == []


def test_mock_is_not_imported() -> None:
    imports = [
        f"{module.place}:{node.lineno}"
        for module in modules(TESTS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and "mock" in (node.module or "")
    ]
    assert imports == []
