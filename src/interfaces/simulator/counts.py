"""What a simulator was asked, what it would bill, and who hung up."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from decimal import Decimal

import msgspec
from msgspec import Struct

from turnout.interfaces.simulator.billing import NO_TOKENS, Price, Tokens
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import MASK

_CREDENTIALS = {
    b"authorization",
    b"x-api-key",
    b"x-goog-api-key",
    b"proxy-authorization",
    b"cookie",
}
NO_STATUS = 0


class Recorded(Struct, frozen=True):
    """A request as it was seen, credentials masked; the body is JSON, or text where it is none."""

    endpoint: str
    method: str
    path: str
    headers: dict[str, str]
    body: object


class Counts:
    """Counts since the start or the last reset; `open_connections` is what is open right now.

    A request counts once, when its status is sent; with status 0 when none ever is. What was
    billed without a price is in `tokens` but not in `dollars`; `broken_off` is the part of `tokens`
    that was billed for answers of which not all was sent.
    """

    def __init__(self, open_connections: Callable[[], int]) -> None:
        self._open_connections = open_connections
        self._waiting: list[tuple[Callable[[Counts], bool], asyncio.Future[None]]] = []
        self._clear()

    def _clear(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.tokens: dict[str, Tokens] = {}
        self.dollars: dict[str, Decimal] = {}
        self.broken_off = NO_TOKENS
        self.largest_answer = NO_TOKENS
        self.aborted_streams = 0
        self.aborted_requests = 0
        self.refused_handshakes = 0
        self.in_flight = 0
        self.recorded: deque[Recorded] = deque()

    @property
    def open_connections(self) -> int:
        return self._open_connections()

    @property
    def total_requests(self) -> int:
        return self.requests.total()

    def clear(self) -> None:
        """Start again at nothing; requests under way are still in flight."""
        in_flight = self.in_flight
        self._clear()
        self.in_flight = in_flight
        self.changed()

    def answered(self, endpoint: str, model: str, status: int) -> None:
        self.requests[endpoint, model, status] += 1
        self.changed()

    def bill(
        self, model: str, tokens: Tokens, price: Price | None = None, *, whole: bool = True
    ) -> None:
        """Bill an answer; `whole`: all of it was sent, what it used included."""
        if not whole:
            self.broken_off += tokens
        if tokens.total > self.largest_answer.total:
            self.largest_answer = tokens
        self.tokens[model] = self.tokens.get(model, NO_TOKENS) + tokens
        if price is not None:
            self.dollars[model] = self.dollars.get(model, Decimal(0)) + price.of(tokens)

    def record(self, endpoint: str, request: Request, keep: int) -> None:
        """Keep the request, and only the last `keep` of them."""
        headers = {
            name.decode("latin-1"): MASK if name in _CREDENTIALS else value.decode("latin-1")
            for name, value in request.headers.items()
        }
        self.recorded.append(
            Recorded(endpoint, request.method, _path(request), headers, _body(request))
        )
        while len(self.recorded) > keep:
            self.recorded.popleft()

    async def until(self, holds: Callable[["Counts"], bool]) -> None:
        """Wait until the counts are as wanted; without end if they never are."""
        if holds(self):
            return
        reached = asyncio.get_running_loop().create_future()
        self._waiting.append((holds, reached))
        await reached

    def changed(self) -> None:
        """Let those go on who wait for what now holds."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for holds, reached in waiting:
            if reached.done():
                continue
            if holds(self):
                reached.set_result(None)
            else:
                self._waiting.append((holds, reached))

    def described(self) -> dict[str, object]:
        """All counts as JSON can hold them."""
        return {
            "total_requests": self.total_requests,
            "requests": [
                {"endpoint": endpoint, "model": model, "status": status, "count": count}
                for (endpoint, model, status), count in sorted(self.requests.items())
            ],
            "tokens": [
                {"model": model, **msgspec.structs.asdict(tokens)}
                for model, tokens in sorted(self.tokens.items())
            ],
            "dollars": {model: str(dollars) for model, dollars in sorted(self.dollars.items())},
            "in_flight": self.in_flight,
            "open_connections": self.open_connections,
            "aborted_streams": self.aborted_streams,
            "aborted_requests": self.aborted_requests,
            "refused_handshakes": self.refused_handshakes,
            "recorded": list(self.recorded),
        }


def _path(request: Request) -> str:
    if not request.query:
        return request.path
    pairs = (pair.partition("=") for pair in request.query.split("&"))
    shown = "&".join(f"{name}={MASK if name == 'key' else value}" for name, _, value in pairs)
    return f"{request.path}?{shown}"


def _body(request: Request) -> object:
    if not request.body:
        return None
    try:
        return msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return request.body.decode("utf-8", "replace")
