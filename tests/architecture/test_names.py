"""What classes are called, what says what it is for, and how many methods a port has."""

import ast
import re

from tests.architecture.source import ROOT, modules

VAGUE = {"Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Service", "Abstract"}
VAGUE_BY_REQUEST = {"AIProviderManager"}
"""Named so by the users of the Python API."""

PORT_METHODS_CAP = 4

NOTIONS = {"Cooldown", "Declaration"}
"""Words of the glossary that are no class: both are kept as fields of other things."""


def _words(name: str) -> set[str]:
    return set(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name))


def test_no_class_has_a_vague_name() -> None:
    vague = [
        f"{module.place}: {node.name}"
        for module in modules()
        for node in module.classes()
        if _words(node.name) & VAGUE and node.name not in VAGUE_BY_REQUEST
    ]
    assert vague == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [module.place for module in modules() if not ast.get_docstring(module.tree)]
    assert silent == []


def test_every_domain_class_and_port_says_what_it_is() -> None:
    silent = [
        f"{module.place}: {node.name}"
        for module in modules()
        if module.place.startswith(("domain/", "application/ports/"))
        for node in module.classes()
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_ports_are_narrow() -> None:
    ports = {
        f"{module.place}: {node.name}": _public_methods(node)
        for module in modules()
        if module.place.startswith("application/ports/")
        for node in module.classes()
        if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
    }
    assert ports, "found no port"
    assert {port: names for port, names in ports.items() if len(names) > PORT_METHODS_CAP} == {}


def _public_methods(node: ast.ClassDef) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    methods = [item.name for item in node.body if isinstance(item, kinds)]
    return [name for name in methods if not name.startswith("_")]


def test_the_glossary_speaks_of_classes_that_exist() -> None:
    """A single word of the glossary's first column, `| **FallbackChain** |`, is a class's name."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = set(re.findall(r"^\| \*\*([A-Z]\w+)\*\* \|", glossary, flags=re.MULTILINE))
    assert len(terms) >= 15, "the glossary's table was not understood"
    classes = {node.name for module in modules() for node in module.classes()}
    aliases = {name for module in modules() for name in _module_names(module.tree)}
    assert terms - classes - aliases - NOTIONS == set()


def _module_names(tree: ast.Module) -> set[str]:
    """Names given by `X = ...` at the top of a module: type aliases and new types."""
    targets = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}
