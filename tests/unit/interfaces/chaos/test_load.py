import asyncio
import json

from tests.support.raw_server import RawConnection, raw_server, reply

from turnout.interfaces.chaos.caller import Caller
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.load import drive
from turnout.interfaces.chaos.scenario import Load


async def test_no_more_callers_at_once_than_allowed_and_all_in_order() -> None:
    at_once, most, asked = 0, 0, []

    async def script(connection: RawConnection) -> None:
        nonlocal at_once, most
        _, body = await connection.read_request()
        asked.append(json.loads(body).get("stream", False))
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.005)
        at_once -= 1
        await connection.send(reply(b"{}"))

    async with raw_server(script) as server:
        caller = Caller(Door(host="127.0.0.1", port=server.port), model="m", words=1)
        outcomes = await drive(Load(requests=12, at_once=3), caller)
    assert [outcome.number for outcome in outcomes] == list(range(12))
    assert most == 3
    assert sorted(asked) == [False] * 6 + [True] * 6


async def test_a_pace_is_kept() -> None:
    async def script(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(reply(b"{}"))

    async with raw_server(script) as server:
        caller = Caller(Door(host="127.0.0.1", port=server.port), model="m", words=1)
        outcomes = await drive(Load(requests=4, at_once=4, per_second=100), caller)
    began = [outcome.began_seconds for outcome in outcomes]
    assert began == sorted(began)
    assert began[-1] - began[0] > 0.025
