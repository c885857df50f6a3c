"""Finds out whether a server can be reached, without asking it anything."""

import asyncio
from urllib.parse import urlsplit

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
            _, writer = await asyncio.open_connection(host, port, ssl=tls)
    except TimeoutError:
        raise no_connection_in_time(host, options.connect_timeout_seconds) from None
    except OSError as error:
        raise no_connection(host, error) from error
    writer.transport.abort()
