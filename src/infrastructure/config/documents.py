"""Reads YAML files that are no configuration, such as scripts and scenarios, to plain mappings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import cast

from turnout.infrastructure.config.faults import ConfigurationFaults, Fault, Origin
from turnout.infrastructure.config.tree import Node, nearest, plain, read_tree

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. Whoever finds a field at fault learns its place by `place_of`."""

    content: Mapping[str, object]
    _tree: Node = field(repr=False)

    def place_of(self, path: str) -> str:
        """Return `file:line` of the field at a path like `phases[2].seconds`.

        For a field that is not there it is the place of the nearest one around it.
        """
        steps = [name or int(place) for name, place in _STEP.findall(path)]
        return str(nearest(self._tree, tuple(steps)).origin)


def read_document(path: FilePath) -> Document:
    """Read the file at `path`. Raises ConfigurationFaults with its place and what is wrong."""
    tree = tree_of(path)
    return Document(cast("dict[str, object]", plain(tree)), tree)


def tree_of(path: FilePath) -> Node:
    """Read the file at `path` as a tree whose root is a mapping. Raises ConfigurationFaults."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        fault = Fault(Origin(str(path)), "", f"byte {error.start} that is not UTF-8", "UTF-8 text")
        raise ConfigurationFaults([fault]) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationFaults(
            [Fault(Origin(str(path)), "", reason, "a file to read")]
        ) from error
    return read_tree(text, str(path))
