"""A configuration as a tree of values that know where they came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from turnout.infrastructure.config.faults import ConfigurationFaults, Fault, Origin

Value: TypeAlias = "bool | int | float | str | dict[str, Node] | list[Node] | None"
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place. Mappings and lists hold nodes."""

    value: Value
    origin: Origin


def read_tree(text: str, source: str) -> Node:
    """Read YAML. Raises ConfigurationFaults for what is not YAML, and for keys given twice."""
    loader = yaml.SafeLoader(text)
    faults: list[Fault] = []
    try:
        root = loader.get_single_node()
        if root is None:
            return Node({}, Origin(source, 1))
        node = _node(loader, root, (), source, faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        origin = Origin(source, mark.line + 1 if mark else None)
        problem = " ".join(part for part in (error.context, error.problem) if part)
        lines = text.splitlines()
        braces = mark and mark.line < len(lines) and "${" in lines[mark.line]
        hint = "inside {...}, put a reference in quotes: '${VAR}'" if braces else ""
        raise ConfigurationFaults([Fault(origin, "", problem, "valid YAML", hint)]) from error
    finally:
        loader.dispose()
    if not isinstance(node.value, dict):
        faults.append(Fault(node.origin, "", describe(node), "a mapping of sections"))
    if faults:
        raise ConfigurationFaults(faults)
    return node


def _node(
    loader: yaml.SafeLoader, node: yaml.Node, path: Path, source: str, faults: list[Fault]
) -> Node:
    origin = Origin(source, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        items = [
            _node(loader, item, (*path, place), source, faults)
            for place, item in enumerate(node.value)
        ]
        return Node(items, origin)
    if isinstance(node, yaml.MappingNode):
        faults += _repeated(node, path, source)
        loader.flatten_mapping(node)
        entries = {}
        for key_node, value_node in node.value:  # of a merged key, the mapping's own comes last
            key = str(key_node.value)
            value = _node(loader, value_node, (*path, key), source, faults)
            entries[key] = Node(value.value, Origin(source, key_node.start_mark.line + 1))
        return Node(entries, origin)
    value = loader.construct_object(node, deep=True)
    if value is None or isinstance(value, (bool, int, float, str)):
        return Node(value, origin)
    return Node(str(node.value), origin)  # a date, say: the words as they stand


def _repeated(node: yaml.MappingNode, path: Path, source: str) -> Iterator[Fault]:
    lines: dict[str, int] = {}
    for key_node, _ in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in lines:
            expected = f"it once (line {lines[key]})"
            yield Fault(Origin(source, line), dotted((*path, key)), "the key again", expected)
        lines.setdefault(key, line)


def merged(base: Node, over: Node) -> Node:
    """Lay `over` upon `base`: mappings merge key by key, anything else is replaced."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    entries = dict(base.value)
    for key, value in over.value.items():
        entries[key] = merged(entries[key], value) if key in entries else value
    return Node(entries, over.origin)


def plain(node: Node) -> object:
    """Return the tree as plain Python values."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def planted(content: object, origin: Origin) -> Node:
    """Return plain values as a tree in which all came from `origin`."""
    if isinstance(content, Mapping):
        return Node({str(key): planted(each, origin) for key, each in content.items()}, origin)
    if isinstance(content, list):
        return Node([planted(each, origin) for each in content], origin)
    if content is None or isinstance(content, (bool, int, float, str)):
        return Node(content, origin)
    return Node(str(content), origin)


def nearest(node: Node, path: Path) -> Node:
    """Return the node at `path`, or the deepest one on the way there."""
    for step in path:
        below = child(node, step)
        if below is None:
            break
        node = below
    return node


def child(node: Node, step: str | int) -> Node | None:
    """Return the node one step down, or None."""
    value = node.value
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every scalar, and every empty mapping or list, with its path."""
    if isinstance(node.value, dict) and node.value:
        for key, child in node.value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(node.value, list) and node.value:
        for place, child in enumerate(node.value):
            yield from leaves(child, (*path, place))
    else:
        yield path, node


def dotted(path: Path) -> str:
    """Write a path as people do: `fallback_chains.default[0]`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def describe(node: Node) -> str:
    """Say what a node holds, shortly."""
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
