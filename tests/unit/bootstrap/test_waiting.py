import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.support.turnout_process import free_port

from turnout.bootstrap.waiting import PlaneDied, until_ready


@asynccontextmanager
async def answering(*statuses: int) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that answers with one status after the other, then goes on with the last."""
    left, asked = list(statuses), []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        status = left.pop(0) if len(left) > 1 else left[0]
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_it_asks_until_the_plane_is_ready(host: str) -> None:
    async with answering(503, 503, 200) as (port, asked):
        await asyncio.wait_for(until_ready(host, port), 10)
    assert asked == [b"GET /readyz HTTP/1.1\r\n"] * 3


async def test_a_process_that_ends_first_is_told() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(3)")
    with pytest.raises(PlaneDied, match="ended with code 3"):
        await asyncio.wait_for(until_ready("127.0.0.1", free_port(), process), 30)
