"""Access keys on PostgreSQL, which goes away and comes back while callers are served."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
from tests.support.databases import empty_postgres
from tests.support.passage import passage
from tests.support.turnout_process import RunningTurnout, started
from tests.support.worlds import QUESTION, configuration, three_simulators


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    with empty_postgres(postgres_url) as url:
        yield url.replace("+asyncpg", "")


async def answer(running: RunningTurnout, token: str) -> str:
    """Ask once; return what came of it."""
    async with running.openai(token) as client:
        try:
            await client.chat.completions.create(model="default", messages=QUESTION)
        except openai.APIStatusError as error:
            return f"{error.status_code} {error.code}"
    return "answered"


async def until(running: RunningTurnout, token: str, wanted: str) -> None:
    for _ in range(200):
        if await answer(running, token) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {wanted}: {running.log.read_text()}")


async def test_a_database_that_is_away_makes_no_good_key_a_bad_one(
    url: str, tmp_path: Path
) -> None:
    place = urlsplit(url)
    async with passage(place.hostname or "", place.port or 5432) as way, three_simulators() as sims:
        who = place.netloc.rpartition("@")[0]
        store = place._replace(netloc=f"{who}@127.0.0.1:{way.port}").geturl()
        file = {"server": {}, "database": {"url": store}, **configuration(sims)}
        environ = {"SIMULATED_KEY": "simulated"}
        async with (
            started(tmp_path, file, environ=environ, role="all") as running,
            running.control() as control,
        ):
            issued = await control.post("/api/keys", json={"name": "ci"})
            key = issued.raise_for_status().json()
            await until(running, key["token"], "answered")
            await until(running, "anything", "401 invalid_api_key")
            await way.close()
            unknown = key["token"].replace(key["prefix"], "0" * 12)
            await until(running, unknown, "503 access_unknown")
            assert await answer(running, key["token"]) == "answered"
            assert await answer(running, "anything") == "401 invalid_api_key"
            await way.open()
            await until(running, unknown, "401 invalid_api_key")
            assert await answer(running, key["token"]) == "answered"
            (await control.delete(f"/api/keys/{key['id']}")).raise_for_status()
            await until(running, key["token"], "401 invalid_api_key")
