import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient
from tests.support.control import FakeControl, problem

from turnout.interfaces.control.body_limit import MAX_BODY_BYTES, BodyLimit

JSON = {"content-type": "application/json"}


async def test_a_long_body_is_refused_at_once() -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/chains", content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)
    assert problem(answer) == (413, "request.too_large", None)
    assert str(MAX_BODY_BYTES + 1) in answer.json()["error"]["message"]


async def test_a_long_body_that_does_not_tell_its_length_is_refused_too() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    async with FakeControl().client() as client:
        answer = await client.post("/api/chains", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert problem(answer)[0] == 413


async def test_a_body_of_the_largest_size_is_read() -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/chains", content=b" " * MAX_BODY_BYTES, headers=JSON)
    assert problem(answer)[:2] == (400, "request.malformed")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    async def never() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.Event().wait()

    transport = ASGITransport(BodyLimit(app, seconds=0.05))
    async with AsyncClient(transport=transport, base_url="http://t") as client:
        assert (await client.post("/", content=never())).status_code == 408
        assert (await client.post("/", content=b"whole")).json() == 5
