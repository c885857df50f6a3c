"""Which connections are kept, and which are lent."""

import asyncio

from tests.support.raw_server import RawConnection, RawServer, raw_server

from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.http1_pool import ConnectionPool
from turnout.infrastructure.transport.http1_wire import Origin


async def silent(connection: RawConnection) -> None:
    await connection.peer_closed()


def origin_of(server: RawServer) -> Origin:
    return Origin(False, "127.0.0.1", server.port)


async def test_the_connection_used_last_is_lent_first() -> None:
    async with raw_server(silent) as server:
        pool, origin = ConnectionPool(EngineOptions()), origin_of(server)
        assert pool.take(origin) is None
        first, second = await pool.open(origin), await pool.open(origin)
        pool.keep(origin, first, None)
        pool.keep(origin, second, None)
        assert pool.take(origin) is second
        assert pool.take(origin) is first
        assert pool.take(origin) is None
        pool.close()


async def test_each_origin_has_its_own() -> None:
    async with raw_server(silent) as server, raw_server(silent) as other:
        pool = ConnectionPool(EngineOptions())
        pool.keep(origin_of(server), await pool.open(origin_of(server)), None)
        assert pool.take(origin_of(other)) is None
        assert pool.take(origin_of(server)) is not None
        pool.close()


async def test_no_more_are_kept_than_allowed() -> None:
    async with raw_server(silent) as server:
        pool, origin = (
            ConnectionPool(EngineOptions(max_idle_connections_per_host=2)),
            origin_of(server),
        )
        opened = [await pool.open(origin) for _ in range(3)]
        for connection in opened:
            pool.keep(origin, connection, None)
        assert [pool.take(origin) for _ in range(3)] == [opened[2], opened[1], None]
        pool.close()


async def test_a_server_may_keep_its_connections_for_a_shorter_time() -> None:
    async with raw_server(silent) as server:
        pool, origin = ConnectionPool(EngineOptions(keepalive_seconds=60)), origin_of(server)
        pool.keep(origin, await pool.open(origin), 1)
        assert pool.take(origin) is None
        kept = await pool.open(origin)
        pool.keep(origin, kept, 5)
        assert pool.take(origin) is kept
        pool.close()


async def test_a_dropped_connection_is_closed() -> None:
    async with raw_server(silent) as server:
        pool, origin = ConnectionPool(EngineOptions()), origin_of(server)
        dropped = await pool.open(origin)
        pool.drop(dropped)
        assert await dropped.receive() == b""
        assert pool.take(origin) is None


async def test_closing_the_pool_closes_all() -> None:
    async with raw_server(silent) as server:
        pool, origin = ConnectionPool(EngineOptions()), origin_of(server)
        lent, idle = await pool.open(origin), await pool.open(origin)
        pool.keep(origin, idle, None)
        pool.close()
        assert await lent.receive() == await idle.receive() == b""
        assert pool.take(origin) is None


async def test_what_nobody_asks_for_any_more_is_closed_when_it_is_old() -> None:
    ended = asyncio.Event()

    async def until_closed(connection: RawConnection) -> None:
        await connection.peer_closed()
        ended.set()

    async with raw_server(until_closed) as server:
        pool, origin = ConnectionPool(EngineOptions(keepalive_seconds=0.05)), origin_of(server)
        pool.keep(origin, await pool.open(origin), None)
        async with asyncio.timeout(10):
            await ended.wait()
        assert pool.take(origin) is None
        pool.close()
