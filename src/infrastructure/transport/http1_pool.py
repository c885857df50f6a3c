"""Connections per origin: opened when needed, kept while unused until they grow old."""

import asyncio

from turnout.infrastructure.transport.addresses import addresses_of
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.failures import (
    cannot_ask,
    no_connection,
    no_connection_in_time,
)
from turnout.infrastructure.transport.http1_connection import (
    Connection,
    PlainConnection,
    TlsConnection,
)
from turnout.infrastructure.transport.http1_wire import Origin
from turnout.infrastructure.transport.tls import client_context

_TLS_BUFFER_BYTES = 64 * 1024
_MARGIN_SECONDS = 1.0
"""How much sooner than the server says a connection is taken to be closed."""


class ConnectionPool:
    """Lends the connection that was used last, so that those not needed grow old and go."""

    def __init__(self, options: EngineOptions) -> None:
        """Raises OSError for a CA file that cannot be read."""
        self._options = options
        self._tls = client_context(options)
        self._idle: dict[Origin, list[Connection]] = {}
        self._open: set[Connection] = set()
        self._closed = False
        self._sweeping: asyncio.TimerHandle | None = None
        self._tls_buffer = bytearray(_TLS_BUFFER_BYTES)

    def take(self, origin: Origin) -> Connection | None:
        """Lend an unused connection that still lives, if there is one."""
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.lend():
                return connection
            self.drop(connection)
        return None

    async def open(self, origin: Origin) -> Connection:
        """Lend a new connection; raises ProviderFailure."""
        if self._closed:
            raise cannot_ask("the engine is closed")
        loop = asyncio.get_running_loop()
        seconds = self._options.connect_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                connection = await self._connect(loop, origin)
        except TimeoutError:
            raise no_connection_in_time(origin.host, seconds) from None
        except OSError as error:
            raise no_connection(origin.host, error) from error
        self._open.add(connection)
        return connection

    def keep(self, origin: Origin, connection: Connection, server_seconds: int | None) -> None:
        """Take back a connection that can be used again.

        `server_seconds` is how soon the server says that it closes it.
        """
        seconds = self._options.keepalive_seconds
        if server_seconds is not None:
            seconds = min(seconds, server_seconds - _MARGIN_SECONDS)
        connection.rest(seconds)
        idle = self._idle.setdefault(origin, [])
        idle.append(connection)
        if len(idle) > self._options.max_idle_connections_per_host:
            self.drop(idle.pop(0))
        if self._sweeping is None:
            self._sweep_later()

    def drop(self, connection: Connection) -> None:
        """Take back a connection that can not be used again."""
        self._open.discard(connection)
        connection.close()

    def close(self) -> None:
        """Close all connections, those in use too, and open no more."""
        self._closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._idle.clear()
        while self._open:
            self._open.pop().close()

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(self._options.keepalive_seconds, self._sweep)

    def _sweep(self) -> None:
        """Let go of what has grown old at origins that nobody asks any more."""
        for origin, idle in list(self._idle.items()):
            for connection in [each for each in idle if each.is_over()]:
                idle.remove(connection)
                self.drop(connection)
            if not idle:
                del self._idle[origin]
        self._sweeping = None
        if self._idle:
            self._sweep_later()

    async def _connect(self, loop: asyncio.AbstractEventLoop, origin: Origin) -> Connection:
        failure = OSError("its name leads nowhere")
        public_only = self._options.public_only
        for address in await addresses_of(origin.host, origin.port, public_only=public_only):
            try:
                return await self._connect_to(loop, origin, address)
            except OSError as error:
                failure = error
        raise failure

    async def _connect_to(
        self, loop: asyncio.AbstractEventLoop, origin: Origin, address: str
    ) -> Connection:
        connection: Connection
        if not origin.tls:
            _, connection = await loop.create_connection(
                lambda: PlainConnection(loop), address, origin.port
            )
            return connection
        _, connection = await loop.create_connection(
            lambda: TlsConnection(loop, self._tls_buffer),
            address,
            origin.port,
            ssl=self._tls,
            server_hostname=origin.host,
        )
        return connection
