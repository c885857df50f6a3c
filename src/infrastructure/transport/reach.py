"""Finds out whether a server can be reached, without asking it anything."""

import asyncio
import ssl
from urllib.parse import urlsplit

from turnout.infrastructure.transport.addresses import addresses_of
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.failures import no_connection, no_connection_in_time
from turnout.infrastructure.transport.tls import client_context


async def reach(url: str, options: EngineOptions) -> None:
    """Connect to the server of `url`, over TLS for https, and leave. Raises ProviderFailure."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    tls = client_context(options) if parts.scheme == "https" else None
    port = parts.port or (80 if tls is None else 443)
    try:
        async with asyncio.timeout(options.connect_timeout_seconds):
            writer = await _connected(host, port, tls, options.public_only)
    except TimeoutError:
        raise no_connection_in_time(host, options.connect_timeout_seconds) from None
    except OSError as error:
        raise no_connection(host, error) from error
    writer.transport.abort()


async def _connected(
    host: str, port: int, tls: ssl.SSLContext | None, public_only: bool
) -> asyncio.StreamWriter:
    failure = OSError("its name leads nowhere")
    name = None if tls is None else host
    for address in await addresses_of(host, port, public_only=public_only):
        try:
            _, writer = await asyncio.open_connection(address, port, ssl=tls, server_hostname=name)
        except OSError as error:
            failure = error
        else:
            return writer
    raise failure
