"""`${VAR}` and `${VAR:-default}` inside values; `$${` stands for a plain `${`."""

import re
from collections.abc import Mapping

from turnout.infrastructure.config.faults import Fault
from turnout.infrastructure.config.tree import Node, Path, dotted

_REFERENCE = re.compile(r"\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def is_kept(path: Path) -> bool:
    """Tell whether references at `path` stay references: secrets that are looked up when used."""
    if path[:2] == ("alerts", "channels"):
        return path[3:] in (("url",), ("secret",))
    inside = path[2] if len(path) > 2 and path[0] == "ai_providers" else None
    return inside in ("api_key", "api_keys", "headers")


def interpolated(
    node: Node, environ: Mapping[str, str], faults: list[Fault], path: Path = ()
) -> Node:
    """Replace references by what they stand for; one that leads nowhere is a fault."""
    value = node.value
    if isinstance(value, dict):
        return Node(
            {k: interpolated(v, environ, faults, (*path, k)) for k, v in value.items()},
            node.origin,
        )
    if isinstance(value, list):
        return Node(
            [interpolated(v, environ, faults, (*path, i)) for i, v in enumerate(value)],
            node.origin,
        )
    if not isinstance(value, str) or "${" not in value:
        return node
    text = _replaced(value, node, environ, faults, path)
    return node if is_kept(path) else Node(text, node.origin)


def _replaced(
    value: str, node: Node, environ: Mapping[str, str], faults: list[Fault], path: Path
) -> str:
    def replace(match: re.Match[str]) -> str:
        escaped, name, default = match.groups()
        if escaped:
            return "${"
        if name in environ:
            return environ[name]
        if default is None:
            faults.append(
                Fault(
                    node.origin,
                    dotted(path),
                    f"${{{name}}}",
                    f"the environment variable {name} to be set",
                    f"or give a default: ${{{name}:-value}}",
                )
            )
        return default or ""

    return _REFERENCE.sub(replace, value)
