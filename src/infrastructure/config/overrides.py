"""`TURNOUT__SECTION__KEY` variables, laid over the files.

The parts between double underscores name keys, in any case, `-` and `.` written as `_`; a number
names a place in a list. The value is YAML, so that `true`, `8080` and `[a, b]` mean what they would
mean in the file.
"""

import re
from collections.abc import Mapping

import yaml

from turnout.infrastructure.config.faults import ConfigurationFaults, Fault, Origin
from turnout.infrastructure.config.tree import Node, read_tree

PREFIX = "TURNOUT__"


def overridden(tree: Node, environ: Mapping[str, str]) -> Node:
    """Return `tree` with every override laid over it. Raises ConfigurationFaults."""
    faults: list[Fault] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        steps = name[len(PREFIX) :].split("__")
        if not all(steps):
            faults.append(
                Fault(Origin(name), "", "an empty part", "TURNOUT__SECTION__KEY, parts not empty")
            )
            continue
        value = _value(environ[name], name)
        tree = _laid(tree, steps, value, Origin(name))
    if faults:
        raise ConfigurationFaults(faults)
    return tree


def _value(text: str, name: str) -> Node:
    try:
        # Under a key of its own, so that scalars and lists pass for whole documents.
        node = read_tree("value: " + text, name)
    except (ConfigurationFaults, yaml.YAMLError):
        return Node(text, Origin(name))  # not YAML: plain words, such as a key with a colon
    value = node.value
    return _moved(value["value"] if isinstance(value, dict) else node, Origin(name))


def _moved(node: Node, origin: Origin) -> Node:
    if isinstance(node.value, dict):
        return Node({k: _moved(v, origin) for k, v in node.value.items()}, origin)
    if isinstance(node.value, list):
        return Node([_moved(v, origin) for v in node.value], origin)
    return Node(node.value, origin)


def _laid(tree: Node, steps: list[str], value: Node, origin: Origin) -> Node:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(tree.value, list) and step.isdigit() and int(step) < len(tree.value):
        items = list(tree.value)
        items[int(step)] = _laid(items[int(step)], rest, value, origin)
        return Node(items, tree.origin)
    entries = dict(tree.value) if isinstance(tree.value, dict) else {}
    key = next((key for key in entries if _plain(key) == _plain(step)), step.lower())
    below = entries.get(key, Node({}, origin))
    entries[key] = _laid(below, rest, value, origin)
    return Node(entries, tree.origin)


def _plain(key: str) -> str:
    return re.sub(r"[-.]", "_", key).lower()
