"""The server under the control plane: uvicorn with TLS, and with a limit on heads that dawdle."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from turnout.bootstrap.plane_settings import PlaneSettings
from turnout.bootstrap.plane_tls import RenewedCertificate, server_context

HEAD_BYTES = 64 * 1024
MOST_CONNECTIONS = 512
"""At once; those beyond get a 503."""


ControlServer = tuple[uvicorn.Server, Callable[[], Awaitable[None]]]
"""A server, and what takes over a certificate that was renewed."""


class BoundedHeads(H11Protocol):
    """Closes connections on which no head of a request has come to its end for too long."""

    head_seconds: float
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the loop."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        is_waiting = self.cycle is None or self.cycle.response_complete
        if not is_waiting:
            self._forget()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._give_up)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        self.transport.close()


def control_server(app: Callable[..., Any], settings: PlaneSettings) -> ControlServer:
    """Return what serves `app`. Raises OSError for a certificate that cannot be read."""
    context = None if settings.tls is None else server_context(settings.tls)
    patient = type("PatientHeads", (BoundedHeads,), {"head_seconds": settings.head_seconds})
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        lifespan="off",
        ws="none",
        http=patient,
        server_header=False,
        h11_max_incomplete_event_size=HEAD_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        ssl_context_factory=None if context is None else lambda *_: context,
    )
    return uvicorn.Server(config), _renewing(settings, context)


def _renewing(
    settings: PlaneSettings, context: ssl.SSLContext | None
) -> Callable[[], Awaitable[None]]:
    renewed = None if settings.tls is None else RenewedCertificate(settings.tls)

    async def take_over() -> None:
        if renewed is not None and context is not None and renewed.is_new():
            context.load_cert_chain(renewed.tls.cert_file, renewed.tls.key_file)

    return take_over
