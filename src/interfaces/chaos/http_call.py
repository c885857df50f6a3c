"""One HTTP/1.1 call over a connection of its own, as plain as can be, so that nothing hides."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11
from msgspec import Struct

from turnout.interfaces.chaos.door import Door

_READ_BYTES = 65_536


class CallFailed(Exception):
    """There is no answer, or no more of it; the message says why."""


class Answer(Struct):
    """The head of an answer; `read` gives the body as it comes, b"" at its proper end."""

    status: int
    headers: dict[str, str]
    _connection: h11.Connection
    _reader: asyncio.StreamReader

    async def read(self) -> bytes:
        """More of the body; raises CallFailed where it breaks off."""
        event = await _next_event(self._connection, self._reader)
        return bytes(event.data) if isinstance(event, h11.Data) else b""


@asynccontextmanager
async def posted(door: Door, path: str, body: bytes) -> AsyncIterator[Answer]:
    """The answer to a JSON text; leaving early hangs up. Raises CallFailed."""
    tls = ssl.create_default_context() if door.tls else None
    try:
        reader, writer = await asyncio.open_connection(door.host, door.port, ssl=tls)
    except OSError as error:
        raise CallFailed(f"no connection: {error}") from error
    try:
        connection = h11.Connection(h11.CLIENT)
        writer.write(_request(connection, door, path, body))
        yield await _head(connection, reader)
    finally:
        writer.transport.abort()


def _request(connection: h11.Connection, door: Door, path: str, body: bytes) -> bytes:
    headers = [
        *door.headers,
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("connection", "close"),
    ]
    head = connection.send(h11.Request(method="POST", target=path, headers=headers))
    data = connection.send(h11.Data(data=body))
    connection.send(h11.EndOfMessage())
    return (head or b"") + (data or b"")


async def _head(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    event = await _next_event(connection, reader)
    while isinstance(event, h11.InformationalResponse):
        event = await _next_event(connection, reader)
    if not isinstance(event, h11.Response):
        raise CallFailed("the connection was closed before an answer")
    headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
    return Answer(event.status_code, headers, connection, reader)


async def _next_event(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    try:
        while (event := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(await reader.read(_READ_BYTES))
    except (h11.RemoteProtocolError, OSError) as error:
        raise CallFailed(f"the answer broke off: {error}") from error
    return event
