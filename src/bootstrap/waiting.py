"""Waiting until a plane can serve."""

import asyncio
import ssl

LOOK_SECONDS = 0.02


class PlaneDied(Exception):
    """The process ended before it could serve."""


async def until_ready(
    host: str,
    port: int,
    process: asyncio.subprocess.Process | None = None,
    *,
    tls: bool = False,
) -> None:
    """Return once `/readyz` says 200. Raises PlaneDied if `process` ends first.

    Over TLS, who is asked for a certificate of its own has been answered, too.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    context = _trusting() if tls else None
    while not await _is_ready(host, port, context):
        if process is not None and process.returncode is not None:
            raise PlaneDied(f"the gateway ended with code {process.returncode}")
        await asyncio.sleep(LOOK_SECONDS)


def _trusting() -> ssl.SSLContext:
    """Return a context that trusts whatever is shown: this process has started it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _is_ready(host: str, port: int, context: ssl.SSLContext | None) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        return _wants_certificate(error)
    except OSError:
        return False
    try:
        writer.write(f"GET /readyz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        status = await reader.readline()
    except ssl.SSLError as error:
        return _wants_certificate(error)
    except OSError:
        return False
    finally:
        writer.close()
    return status.split(b" ")[1:2] == [b"200"]


def _wants_certificate(error: ssl.SSLError) -> bool:
    return "CERTIFICATE_REQUIRED" in str(error.reason)
