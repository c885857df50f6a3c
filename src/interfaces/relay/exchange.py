"""One HTTP request and its answer, with the headers that tell where the answer came from."""

from urllib.parse import quote

from turnout.application.ports.current_request import CURRENT_REQUEST
from turnout.application.ports.system import Clock
from turnout.application.relay.answers import RelayFailed, RouteTaken
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.metering import Meter
from turnout.domain.shared.ids import RequestId
from turnout.domain.shared.trace_context import TraceContext
from turnout.interfaces.relay.openai.limit_headers import headers_of
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.rsgi.body import read_body
from turnout.interfaces.relay.rsgi.in_flight import Ticket
from turnout.interfaces.relay.rsgi.outflow import Outflow
from turnout.interfaces.relay.rsgi.wire import HeaderList, HTTPProtocol, Scope

REQUEST_ID = "x-turnout-request-id"
_LONGEST_HEADER = 2000
_JSON = ("content-type", "application/json")
_EVENT_STREAM = [
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache"),
    ("x-accel-buffering", "no"),
]


class Exchange:
    """One request being served. At most one of the answering methods is called, once."""

    __slots__ = (
        "_clock",
        "_scope",
        "_started_seconds",
        "asked_model",
        "error",
        "failure",
        "first_byte_seconds",
        "grant",
        "headers",
        "meter",
        "operation",
        "overhead_seconds",
        "path",
        "protocol",
        "request_id",
        "rescuers",
        "status",
        "streamed",
        "taken",
        "ticket",
        "trace",
    )

    def __init__(
        self, scope: Scope, protocol: HTTPProtocol, *, path: str, clock: Clock, ticket: Ticket
    ) -> None:
        self._clock = clock
        self._scope = scope
        self._started_seconds = clock.monotonic_seconds()
        self.headers = scope.headers
        self.path = path
        self.protocol = protocol
        self.ticket = ticket
        self.request_id: RequestId | None = None
        self.meter: Meter | None = None
        self.operation = ""
        """What is relayed; "" where nothing is."""
        self.status = 200
        self.error: str | None = None
        self.failure: Exception | None = None
        self.taken: RouteTaken | None = None
        self.first_byte_seconds: float | None = None
        self.overhead_seconds: float | None = None

    def relays(self, operation: str, request_id: RequestId) -> None:
        """Begin to relay: from now on there is something to be told of this request."""
        self.operation = operation
        self.request_id = request_id
        CURRENT_REQUEST.set(request_id)
        self.asked_model = ""
        self.streamed = False
        self.grant: Grant | None = None
        self.trace: TraceContext | None = None
        self.rescuers: tuple[str, ...] = ()

    def presented_key(self) -> str | None:
        """Return the key of `Authorization: Bearer KEY`, if there is one."""
        authorization = self.headers.get("authorization")
        if authorization is None:
            return None
        scheme, _, key = authorization.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else None

    def source(self) -> str:
        """Return the address of whoever has opened the connection."""
        return self._scope.client.rpartition(":")[0].strip("[]")

    async def body(self, limit_bytes: int) -> bytes:
        """Return the request's body. Raises BodyTooLarge, BodyCut."""
        body = await read_body(self.headers, self.protocol, limit_bytes)
        self.ticket.has_body = True
        return body

    def answer_json(self, body: bytes, status: int = 200) -> None:
        """Answer with a JSON text."""
        self.protocol.response_bytes(status, [_JSON], body)

    def answer(self, taken: RouteTaken, body: bytes) -> None:
        """Answer with the JSON text that the relay got."""
        self.protocol.response_bytes(200, [_JSON, *self._head(taken)], body)

    def expect_stream(self, beat_ticks: int) -> Outflow:
        """Make ready for a stream of server-sent events, whose head is not known yet.

        It begins with what is known if nothing has come after `beat_ticks`; 0 is never.
        """
        known = [(REQUEST_ID, self.request_id)] if self.request_id else []
        outflow = self.ticket.outflow = Outflow(
            self.protocol,
            self._client,
            early_head=[*_EVENT_STREAM, *known],
            beat_ticks=beat_ticks,
        )
        return outflow

    def stream_head(self, taken: RouteTaken) -> HeaderList:
        """Return the head of a stream of server-sent events, where none has gone out yet."""
        if not self.has_begun:
            self.request_id = taken.request_id
        return [*_EVENT_STREAM, *self._head(taken)]

    @property
    def has_begun(self) -> bool:
        """Whether a streamed answer has begun, so that no status can be told any more."""
        outflow = self.ticket.outflow
        return outflow is not None and outflow.has_begun

    async def send_last(self, event: bytes) -> None:
        """Send one event more into a stream that has begun."""
        outflow = self.ticket.outflow
        if outflow is not None:
            await outflow.begin([])(event)

    def passed_seconds(self, now: float) -> float:
        """Return how long ago, at `now` of the monotonic clock, the request came."""
        return now - self._started_seconds

    def refuse(self, refusal: Refusal, error: Exception | None, request_id: RequestId) -> None:
        """Answer with an error; what is known of the way that the request took goes along."""
        headers = [*refusal.header_list(), *_way_of(error, request_id)]
        self.protocol.response_bytes(refusal.status, headers, refusal.body())

    def _client(self) -> str:
        return self._scope.client

    def _head(self, taken: RouteTaken) -> HeaderList:
        passed_seconds = self._clock.monotonic_seconds() - self._started_seconds
        overhead_seconds = max(0.0, passed_seconds - taken.waited_seconds)
        self.taken = taken
        self.first_byte_seconds, self.overhead_seconds = passed_seconds, overhead_seconds
        headers = [
            (REQUEST_ID, taken.request_id),
            ("x-turnout-provider", printable(taken.provider)),
            ("x-turnout-model", printable(taken.model)),
            ("x-turnout-route", printable(taken.route)),
            ("x-turnout-attempts", str(taken.attempts)),
            ("x-turnout-overhead-ms", f"{overhead_seconds * 1000.0:.2f}"),
            ("x-turnout-cache", taken.cache.value),
        ]
        if self.meter is not None:
            headers += headers_of(self.meter)
        if taken.hedged:
            headers.append(("x-turnout-hedged", "true"))
        if taken.age_seconds is not None:
            headers.append(("age", str(int(taken.age_seconds))))
        if taken.dropped:
            headers.append(("x-turnout-dropped", _shortened(printable(", ".join(taken.dropped)))))
        return headers


def printable(value: str) -> str:
    """Return `value` as a header may carry it: what is not printable ASCII is percent-encoded."""
    if value.isascii() and value.isprintable():
        return value
    return quote(value, safe=" !#$&'()*+,/:;=?@[]")


def _shortened(value: str) -> str:
    """Bound a header that holds the caller's own names, so that it cannot grow without limit."""
    return value if len(value) <= _LONGEST_HEADER else f"{value[:_LONGEST_HEADER]}..."


def _way_of(error: Exception | None, request_id: RequestId) -> HeaderList:
    headers: HeaderList = [(REQUEST_ID, request_id)]
    if isinstance(error, RelayFailed):
        provider, _, model = error.attempted[-1].partition("/") if error.attempted else ("", "", "")
        headers += [
            ("x-turnout-route", printable(error.route)),
            ("x-turnout-provider", printable(provider)),
            ("x-turnout-model", printable(model)),
            ("x-turnout-attempts", str(len(error.attempted))),
        ]
    return headers
