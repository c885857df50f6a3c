"""The ledger of a started gateway: what callers counted, and what providers would bill.

Compared are requests that were answered, tokens by class and dollars. The caller's count is of
answers that came whole.
"""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from openai import AsyncOpenAI
from tests.support.cli import run
from tests.support.databases import empty_postgres
from tests.support.passage import passage
from tests.support.turnout_process import RunningTurnout, started

from turnout.bootstrap.__main__ import ACTIONS
from turnout.infrastructure.persistence.store_link import StoreLink, store_link
from turnout.interfaces.simulator.billing import Price
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

QUESTION: Any = [{"role": "user", "content": "What does this cost?"}]
FLUSH_SECONDS = 1.0
PATIENCE_SECONDS = 90.0
PRICE = {"input": "2.5", "output": "10"}
SUMS = (
    "SELECT count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), "
    "coalesce(sum(cost_nanos), 0) FROM ledger_attempt WHERE outcome = 'completed'"
)


@asynccontextmanager
async def providers() -> AsyncIterator[tuple[Simulator, Simulator]]:
    price = Price(input=Decimal(PRICE["input"]), output=Decimal(PRICE["output"]))
    profiles = [Profile(name=name, price=price) for name in ("north", "south")]
    async with Simulator(profiles[0]) as north, Simulator(profiles[1]) as south:
        yield north, south


def configuration(url: str, simulators: Sequence[Simulator], **more: Any) -> dict[str, Any]:
    return {
        "database": {"url": url},
        "ai_providers": {
            simulator.profile.name: {
                "protocol": "openai_chat",
                "base_url": f"{simulator.base_url}/v1",
                "models": [{"name": "sim", "price": PRICE}],
                "probe": "off",
            }
            for simulator in simulators
        },
        "fallback_chains": {"main": [simulator.profile.name for simulator in simulators]},
        **more,
    }


async def ask(client: AsyncOpenAI, *, stream: bool = False) -> None:
    """Ask; of a stream, also what it used: of others no provider tells that."""
    if not stream:
        await client.chat.completions.create(model="main", messages=QUESTION)
        return
    told = await client.chat.completions.create(
        model="main", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    async for _ in told:
        pass


async def ask_often(gateway: RunningTurnout, times: int) -> None:
    async with gateway.openai() as client:
        await asyncio.gather(*(ask(client, stream=number % 2 == 0) for number in range(times)))


async def opened(url: str) -> StoreLink:
    """Return a way to the store once it has been made: a data plane answers while it still is.

    Where the store is to go away the control plane runs too: once that answers, the start is over.
    """
    link = store_link(url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await link.rows(SUMS)
            except Exception:
                await asyncio.sleep(0.05)
            else:
                return link


async def written(link: StoreLink, completed: int) -> tuple[int, int, int, int]:
    """Wait until so many answers are written down; return what they add up to."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            (sums,) = await link.rows(SUMS)
            if sums[0] >= completed:
                return sums[0], int(sums[1]), int(sums[2]), int(sums[3])
            await asyncio.sleep(0.05)


def billed(simulators: Sequence[Simulator]) -> tuple[int, int, int]:
    """Prompt tokens, completion tokens and billionths of a dollar that providers would bill."""
    tokens = [one for simulator in simulators for one in simulator.counts.tokens.values()]
    dollars = sum(sum(simulator.counts.dollars.values()) for simulator in simulators)
    prompt, completion = sum(one.prompt for one in tokens), sum(one.completion for one in tokens)
    return prompt, completion, int(Decimal(dollars) * 1_000_000_000)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[str]:
    with empty_postgres(postgres_url) as url:
        yield url.replace("+asyncpg", "")


async def test_what_is_told_is_what_was_billed_and_what_callers_counted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/turnout.db"
    async with providers() as simulators:
        north, _ = simulators
        async with started(tmp_path, configuration(url, simulators), role="all") as gateway:
            link = await opened(url)
            await ask_often(gateway, 10)
            north.profile = Profile(
                name="north", error_rate=1.0, error_kinds=(ErrorKind.SERVER_ERROR.value,)
            )
            await ask_often(gateway, 2)
            sums = await written(link, 12)
            assert sums == (12, *billed(simulators))
            async with gateway.control() as control, asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    answer = await control.get("/api/analytics/summary?since=1h")
                    rows = answer.raise_for_status().json()["rows"]
                    if rows and rows[0]["figures"]["answered"] == 12:
                        break
                    await asyncio.sleep(0.05)
                page = (await control.get("/api/attempts?limit=1&outcome=failed")).json()
                shown = await control.get(f"/api/requests/{page['attempts'][0]['request']}")
                csv = await control.get("/api/attempts.csv")
            figures = rows[0]["figures"]
            assert (figures["requests"], figures["success_rate"]) == (12, 1.0)
            assert figures["saved"] >= 1
            assert Decimal(figures["cost"]) * 1_000_000_000 == sums[3]
            outcomes = [each["outcome"] for each in shown.json()["attempts"]]
            assert (outcomes[0], outcomes[-1]) == ("failed", "completed")
            assert len(csv.text.splitlines()) == 1 + figures["attempts"]
            ran = await asyncio.to_thread(
                run, ACTIONS, "stats", "--by", "provider", "--url", gateway.control_url
            )
            assert "north" in ran.output and "south" in ran.output
            await link.close()


async def test_a_worker_that_is_killed_loses_one_interval_at_most(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/turnout.db"
    async with (
        providers() as simulators,
        started(tmp_path, configuration(url, simulators), role="data") as gateway,
    ):
        (worker,) = _workers(gateway)
        answered: list[float] = []
        link = await opened(url)
        await _ask_until_killed(gateway, worker, answered)
        killed = monotonic()
        # Two intervals: one until it is written, and as much for a machine that is busy.
        before = sum(moment < killed - 2 * FLUSH_SECONDS for moment in answered)
        assert before > 0
        (sums,) = await link.rows(SUMS)
        assert before <= sums[0] <= len(answered)
        await link.close()


async def _ask_until_killed(
    gateway: RunningTurnout, worker: psutil.Process, answered: list[float]
) -> None:
    """Four callers ask, noting when they were answered, until that was four intervals ago."""

    async def caller() -> None:
        async with gateway.openai() as client:
            while not answered or monotonic() < answered[0] + 4 * FLUSH_SECONDS:
                await ask(client)
                answered.append(monotonic())

    await asyncio.gather(*(caller() for _ in range(4)))
    worker.send_signal(signal.SIGKILL)


async def test_a_gateway_that_is_asked_to_stop_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/turnout.db"
    slow = {"ledger": {"flush_seconds": 3600}}
    async with providers() as simulators:
        content = configuration(url, simulators, **slow)
        async with started(tmp_path, content, role="data") as gateway:
            link = await opened(url)
            await ask_often(gateway, 40)
            assert (await link.rows(SUMS))[0][0] == 0, "nothing has been written yet"
            await gateway.stop()
        assert await written(link, 40) == (40, *billed(simulators))
        await link.close()


async def test_a_store_that_is_locked_for_a_while_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "turnout.db"
    async with providers() as simulators:
        content = configuration(f"sqlite:///{file}", simulators)
        async with started(tmp_path, content, role="data") as gateway:
            link = await opened(f"sqlite:///{file}")
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await ask_often(gateway, 20)
                await _said(gateway, "the ledger fails")
                await ask_often(gateway, 20)
                other.execute("ROLLBACK")
            assert await written(link, 40) == (40, *billed(simulators))
            await link.close()


async def test_a_store_that_is_moved_away_and_back_loses_nothing(tmp_path: Path) -> None:
    folder, away = tmp_path / "store", tmp_path / "away"
    folder.mkdir()
    url = f"sqlite:///{folder}/turnout.db"
    async with providers() as simulators:
        content = configuration(url, simulators)
        async with started(tmp_path, content, role="all") as gateway:
            link = await opened(url)
            folder.rename(away)
            await ask_often(gateway, 20)
            await _said(gateway, "the ledger fails")
            away.rename(folder)
            assert await written(link, 20) == (20, *billed(simulators))
            await link.close()


async def test_a_database_that_goes_away_and_comes_back_loses_nothing(
    postgres: str, tmp_path: Path
) -> None:
    place = urlsplit(postgres)
    async with providers() as simulators, passage(place.hostname or "", place.port or 5432) as way:
        who = place.netloc.rpartition("@")[0]
        store = place._replace(netloc=f"{who}@127.0.0.1:{way.port}").geturl()
        content = configuration(store, simulators)
        async with started(tmp_path, content, role="all") as gateway:
            link = await opened(postgres)
            await ask_often(gateway, 10)
            await way.close()
            await ask_often(gateway, 20)
            await _said(gateway, "the ledger fails")
            await ask_often(gateway, 10)
            await way.open()
            assert await written(link, 40) == (40, *billed(simulators))
            await link.close()


def _workers(gateway: RunningTurnout) -> list[psutil.Process]:
    planes = psutil.Process(gateway.process.pid).children()
    (plane,) = (each for each in planes if "turnout.bootstrap.data_plane" in each.cmdline())
    return plane.children()


async def _said(gateway: RunningTurnout, words: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if words in gateway.log.read_text():
                return
            await asyncio.sleep(0.05)
