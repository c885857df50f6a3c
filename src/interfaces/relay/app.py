"""The data plane as Granian calls it: one object per worker, one coroutine per request."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from traceback import clear_frames

from turnout.application.ports.request_log import CALLER_LEFT, RequestLog
from turnout.application.ports.system import Clock, IdSource
from turnout.application.relay.answers import RelayError
from turnout.application.relay.tracing import Tracing
from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_chat.endpoint import ChatEndpoint
from turnout.interfaces.relay.ingress.openai_embeddings.endpoint import EmbeddingsEndpoint
from turnout.interfaces.relay.ingress.openai_models.endpoint import PREFIX, ModelsEndpoint
from turnout.interfaces.relay.openai.failures import (
    INTERNAL_ERROR,
    interruption_refusal,
    refusal_of,
)
from turnout.interfaces.relay.openai.refusal import Refusal
from turnout.interfaces.relay.record import record_of
from turnout.interfaces.relay.routes import Routes
from turnout.interfaces.relay.rsgi.in_flight import InFlight, Interruption
from turnout.interfaces.relay.rsgi.wire import HTTPProtocol, ProtocolClosed, Scope
from turnout.interfaces.relay.use_cases import Admits, ChatRelay, EmbeddingRelay, ModelList

DEFAULT_BODY_BYTES = 32 * 1024 * 1024
DEFAULT_DRAIN_SECONDS = 30.0
DEFAULT_HEARTBEAT_SECONDS = 15.0

_log = logging.getLogger("turnout.relay")


async def _nothing() -> None:
    """Start or stop nothing."""


@dataclass(slots=True)
class DataPlane:
    """Serves callers by the use cases that it is given.

    `ready` tells whether requests can be served; `start` runs before the first request and `stop`
    after the last one, in the worker. On SIGTERM no connection is accepted any more, and what is
    still under way after `drain_seconds` is ended with an error. A stream that has been silent for
    `heartbeat_seconds` gives a sign of life; 0 is never.
    """

    complete_chat: ChatRelay
    embed: EmbeddingRelay
    admission: Admits
    list_models: ModelList
    ready: Callable[[], bool]
    clock: Clock
    ids: IdSource
    request_log: RequestLog
    tracing: Tracing = field(default_factory=Tracing)
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing
    max_body_bytes: int = DEFAULT_BODY_BYTES
    drain_seconds: float = DEFAULT_DRAIN_SECONDS
    heartbeat_seconds: float = DEFAULT_HEARTBEAT_SECONDS
    in_flight: InFlight = field(default_factory=InFlight)
    _routes: Routes = field(init=False)
    _draining: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        chat = ChatEndpoint(
            self.complete_chat,
            self.admission,
            self.clock,
            self.ids,
            self.max_body_bytes,
            self.tracing,
            beat_ticks=self.in_flight.ticks_in(self.heartbeat_seconds),
        )
        embeddings = EmbeddingsEndpoint(
            self.embed, self.admission, self.ids, self.max_body_bytes, self.tracing
        )
        models = ModelsEndpoint(self.list_models, self.admission)
        self._routes = Routes(
            {
                ("POST", "/v1/chat/completions"): chat,
                ("POST", "/v1/embeddings"): embeddings,
                ("GET", "/v1/models"): models.all,
                ("GET", "/healthz"): _healthy,
                ("GET", "/readyz"): self._readiness,
            },
            below={("GET", PREFIX): models.one},
        )

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Serve one request."""
        ticket = self.in_flight.enter(protocol)
        path = scope.path
        exchange = Exchange(scope, protocol, path=path, clock=self.clock, ticket=ticket)
        try:
            endpoint = self._routes.find(scope.method, path)
            if endpoint is None:
                protocol.response_empty(204, [("allow", self._routes.allowed(path))])
            else:
                await endpoint(exchange)
        except ProtocolClosed:
            exchange.status = CALLER_LEFT
        except asyncio.CancelledError:
            exchange.status = CALLER_LEFT
            if ticket.interruption is None:
                raise
            await self._interrupted(exchange, ticket.interruption)
        except Exception as error:
            await self._tell(exchange, refusal_of(error) or INTERNAL_ERROR, error)
            clear_frames(error.__traceback__)
        finally:
            self.in_flight.leave(ticket)
            if exchange.operation:
                self.request_log.put(record_of(exchange, self.clock.monotonic_seconds()))
                exchange.failure = None  # it refers to frames, and they to the exchange

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, in a worker whose loop does not run yet."""
        loop.run_until_complete(self.begin())
        loop.add_signal_handler(signal.SIGTERM, self.drain, loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End, in a worker whose loop does not run any more."""
        loop.run_until_complete(self.end())

    async def begin(self) -> None:
        """Start what requests need."""
        self.in_flight.start()
        await self.start()

    async def end(self) -> None:
        """Stop it, after the last request."""
        await self.in_flight.stop()
        await self.stop()

    def drain(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the server stop accepting, and set the limit for what is under way.

        The server stops on SIGTERM or SIGINT alike and tells nobody. So we take SIGTERM for
        ourselves and hand it on as SIGINT.
        """
        if not self._draining:
            self._draining = True
            drained = Interruption.DRAINED
            loop.call_later(self.drain_seconds, self.in_flight.interrupt_all, drained)
        os.kill(os.getpid(), signal.SIGINT)

    async def _readiness(self, exchange: Exchange) -> None:
        if self.ready() and not self._draining:
            exchange.answer_json(b'{"status":"ready"}')
        else:
            exchange.answer_json(b'{"status":"not ready"}', 503)

    async def _interrupted(self, exchange: Exchange, why: Interruption) -> None:
        refusal = interruption_refusal(why)
        if refusal is not None:
            await self._tell(exchange, refusal, None)

    async def _tell(self, exchange: Exchange, refusal: Refusal, error: Exception | None) -> None:
        request_id = error.request_id if isinstance(error, RelayError) else exchange.request_id
        request_id = request_id or self.ids.next_request()
        exchange.status, exchange.error = refusal.status, refusal.code or refusal.type
        exchange.failure = error
        if refusal is INTERNAL_ERROR:
            _log.error("request %s failed unexpectedly", request_id, exc_info=error)
        if not exchange.has_begun:
            exchange.refuse(refusal, error, request_id)
            return
        try:
            await exchange.send_last(refusal.event())
        except ProtocolClosed:
            return


async def _healthy(exchange: Exchange) -> None:
    exchange.answer_json(b'{"status":"ok"}')
