"""Shows effective settings with where each came from, and no secret."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from turnout.domain.catalog.credential import ELSEWHERE
from turnout.infrastructure.config.faults import DEFAULT, Origin
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.tree import Node, Path, child, dotted

MASK = "***"
_SECRET_SETTINGS = (
    ("control", "metrics_token"),
    ("server", "access_keys"),
    ("server", "admin_token"),
    ("server", "master_key"),
)
_TRACE_HEADERS = ("telemetry", "traces", "headers")
_CLIENT_SECRET = ("control", "oidc", "client_secret")
_SECRET_WORDS = ("key", "token", "secret", "authorization", "cookie", "password")


def effective(settings: Settings, tree: Node) -> Iterator[tuple[str, object, Origin]]:
    """Yield path, value and origin of every setting, defaults included, secrets masked."""
    for path, value in _leaves(settings.model_dump(mode="json"), ()):
        yield dotted(path), _masked(path, value), _origin(tree, path)


def leaves_of(settings: Settings) -> Iterator[tuple[str, object]]:
    """Yield the dotted path and value of every setting, secrets included."""
    for path, value in _leaves(settings.model_dump(mode="json"), ()):
        yield dotted(path), value


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif isinstance(value, list) and value:
        for place, below in enumerate(value):
            yield from _leaves(below, (*path, place))
    else:
        yield path, value


def _masked(path: Path, value: object) -> object:
    if not isinstance(value, str):
        return value
    if path[:2] in _SECRET_SETTINGS or path == _CLIENT_SECRET or path[:3] == _TRACE_HEADERS:
        return MASK
    inside = path[2] if len(path) > 2 and path[0] == "ai_providers" else None
    in_channel = path[:2] == ("alerts", "channels") and path[-1] in ("url", "secret")
    secret = (
        in_channel
        or inside in ("api_key", "api_keys")
        or (inside == "headers" and any(word in str(path[-1]).lower() for word in _SECRET_WORDS))
    )
    if secret and not value.startswith(("${", "file:", *ELSEWHERE)):
        return MASK
    if path[0] in ("database", "shared_state") and (password := urlsplit(value).password):
        return value.replace(f":{password}@", f":{MASK}@")
    return value


def _origin(tree: Node, path: Path) -> Origin:
    node = tree
    for step in path:
        below = child(node, step)
        if below is None:  # in a mapping, nobody set it; elsewhere, a short form said it
            return DEFAULT if isinstance(node.value, dict) else node.origin
        node = below
    return node.origin
