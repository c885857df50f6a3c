"""A way to a server that a test can close and open again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Passage:
    """Passes bytes on to `host:port` while it is open; closing it cuts every connection."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        """Take connections, from the second time on at the same port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and cut those that are there."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection(*self._target)
        self._writers |= {writer, out}
        try:
            await asyncio.gather(_pass_on(reader, out), _pass_on(there, writer))
        finally:
            self._writers -= {writer, out}


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def passage(host: str, port: int) -> AsyncIterator[Passage]:
    """Open a way to `host:port`."""
    way = Passage(host, port)
    await way.open()
    try:
        yield way
    finally:
        await way.close()
