"""Waiting until a plane can serve."""

import asyncio

LOOK_SECONDS = 0.02


class PlaneDied(Exception):
    """The process ended before it could serve."""


async def until_ready(
    host: str, port: int, process: asyncio.subprocess.Process | None = None
) -> None:
    """Return once `/readyz` says 200. Raises PlaneDied if `process` ends first."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while not await _is_ready(host, port):
        if process is not None and process.returncode is not None:
            raise PlaneDied(f"the gateway ended with code {process.returncode}")
        await asyncio.sleep(LOOK_SECONDS)


async def _is_ready(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        writer.write(f"GET /readyz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        status = await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
    return status.split(b" ")[1:2] == [b"200"]
