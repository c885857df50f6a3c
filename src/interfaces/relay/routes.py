"""Which endpoint answers which path: a table, built once."""

from collections.abc import Awaitable, Callable, Mapping

from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.openai.failures import Refused, unknown_path, wrong_method

Endpoint = Callable[[Exchange], Awaitable[None]]


class Routes:
    """Finds endpoints by method and path.

    `exact` has a path for a key; `below` a prefix, under which every longer path is. A GET also
    serves HEAD.
    """

    __slots__ = ("_below", "_exact", "_methods", "_paths")

    def __init__(
        self,
        exact: Mapping[tuple[str, str], Endpoint],
        below: Mapping[tuple[str, str], Endpoint],
    ) -> None:
        self._exact = dict(exact)
        self._below = dict(below)
        for table in (self._exact, self._below):
            gets = {("HEAD", path): to for (method, path), to in table.items() if method == "GET"}
            table.update(gets)
        self._paths = {path for _, path in self._exact}
        self._methods: dict[str, list[str]] = {}
        for method, path in (*self._exact, *self._below):
            self._methods.setdefault(path, ["OPTIONS"]).append(method)

    def find(self, method: str, path: str) -> Endpoint | None:
        """Return the endpoint; None for OPTIONS. Raises Refused: 404 or 405."""
        endpoint = self._exact.get((method, path))
        if endpoint is not None:
            return endpoint
        known = self._known(path)
        if known is None:
            raise Refused(unknown_path(method, path))
        if method == "OPTIONS":
            return None
        endpoint = self._below.get((method, known))
        if endpoint is None:
            raise Refused(wrong_method(method, path, self.allowed(path)))
        return endpoint

    def allowed(self, path: str) -> str:
        """Return the value of `Allow` for a path that is known."""
        return ", ".join(sorted(self._methods.get(self._known(path) or path, ())))

    def _known(self, path: str) -> str | None:
        """Return the path, or the prefix that it is below of, as the tables have it."""
        if path in self._paths:
            return path
        for _, prefix in self._below:
            if len(path) > len(prefix) and path.startswith(prefix):
                return prefix
        return None
