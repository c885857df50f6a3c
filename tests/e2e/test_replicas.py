"""Two data planes and two control planes share a PostgreSQL and a Valkey, and each of them dies.

Every test leaves the site as it found it, so that they run in any order on one.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from tests.support.replicas import Site, call, calling, codes, http, site, until
from tests.support.worlds import QUESTION

pytestmark = pytest.mark.asyncio(loop_scope="module")

PER_MINUTE = 120
FEW_PER_MINUTE = 5
MOST_LOST_SECONDS = 2.0
"""A worker writes its records every second; writing them takes some time as well."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replicas(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder: Path = tmp_path_factory.mktemp("replicas")
    teams = {
        "many": {"requests_per_minute": PER_MINUTE},
        "few": {"requests_per_minute": FEW_PER_MINUTE},
    }
    cache = {"enabled": True, "store": "shared", "single_flight_shared": True}
    async with site(folder, limits={"teams": teams}, cache=cache) as whole:
        yield whole


async def test_replicas_count_requests_together(replicas: Site) -> None:
    token = await replicas.issue("counted", "many")
    async with http() as client:
        begun = time.monotonic()
        calls = await asyncio.gather(
            *(call(replicas.data[n % 2], client, token) for n in range(2 * PER_MINUTE))
        )
        took = time.monotonic() - begun
    admitted = sum(called.status == 200 for called in calls)
    refused = sum(called.code == "rate_limit_exceeded" for called in calls)
    assert admitted + refused == len(calls), codes(calls)
    came_back = PER_MINUTE * took / 60
    assert PER_MINUTE * 0.99 <= admitted <= (PER_MINUTE + came_back) * 1.01 + 1


async def test_without_valkey_callers_are_served_and_it_counts_again_when_it_is_back(
    replicas: Site,
) -> None:
    token = await replicas.issue("open", "few")
    async with http() as client, calling(replicas.data, await replicas.issue("bystander")) as all:

        async def limited() -> bool:
            return (await call(replicas.data[0], client, token)).status == 429

        await until(limited)
        replicas.valkey.kill()
        try:
            for replica in replicas.data:
                calls = [await call(replica, client, token) for _ in range(2 * FEW_PER_MINUTE)]
                assert {called.status for called in calls} == {200}, codes(calls)
        finally:
            replicas.valkey.start()
        await until(limited)
        await all.more(20)
    assert all.statuses() == {200}, codes(all.calls)


async def test_without_postgres_known_keys_are_good_and_nothing_is_lost(replicas: Site) -> None:
    token = await replicas.issue("faithful")
    strange = f"sk-to-{'0' * 12}-{token.split('-', 3)[3]}"
    async with calling(replicas.data, token) as callers, http() as client:
        await callers.more(50)
        replicas.postgres.kill()
        try:

            async def not_known() -> bool:
                return (await call(replicas.data[0], client, strange)).code == "access_unknown"

            await until(not_known)
            await callers.more(50)
        finally:
            replicas.postgres.start()

        async def refused_again() -> bool:
            return (await call(replicas.data[0], client, strange)).status == 401

        await until(refused_again)
        await callers.more(50)
    assert callers.statuses() == {200}, codes(callers.calls)
    told = {called.request for called in callers.calls}

    async def all_written() -> bool:
        return told <= set(await replicas.requests_of("faithful"))

    await until(all_written)
    assert sorted(await replicas.requests_of("faithful")) == sorted(told)
    await until(lambda: len(replicas.leaders()) == 1)


async def test_a_replica_that_is_killed_takes_no_more_than_its_last_moment_along(
    replicas: Site,
) -> None:
    token = await replicas.issue("mourning")
    victim, survivor = replicas.data
    async with calling(replicas.data, token) as callers:
        await callers.more(300)
        died = time.time()
        await replicas.crash(victim)
        await callers.more(100)
    of_survivor = [called for called in callers.calls if called.replica is survivor]
    assert {called.status for called in of_survivor} == {200}, codes(of_survivor)
    safe = {
        called.request
        for called in callers.answered()
        if called.replica is survivor or called.at < died - MOST_LOST_SECONDS
    }

    async def safe_ones_written() -> bool:
        return safe <= set(await replicas.requests_of("mourning"))

    await until(safe_ones_written)
    await replicas.add("data")
    async with calling(replicas.data, token) as callers:
        await callers.more(20)
    assert callers.statuses() == {200}


async def test_a_leader_that_is_killed_is_followed_by_the_other_one(replicas: Site) -> None:
    token = await replicas.issue("governed")
    await until(lambda: len(replicas.leaders()) == 1)
    (leader,) = replicas.leaders()
    (follower,) = (each for each in replicas.control if each is not leader)
    async with calling(replicas.data, token) as callers:
        await replicas.crash(leader)
        await until(lambda: replicas.leaders() == [follower])
        await callers.more(20)
    assert callers.statuses() == {200}, codes(callers.calls)

    async def added_up() -> bool:
        query = "SELECT sum(requests) FROM ledger_rollup WHERE key_name = $1 AND resolution = 60"
        ((added,),) = await replicas.sql(query, "governed")
        return int(added or 0) == len(callers.calls)

    await until(added_up)
    await replicas.add("control")


async def test_what_two_replicas_are_asked_at_once_is_asked_once(replicas: Site) -> None:
    token = await replicas.issue("twins")
    headers = {"authorization": f"Bearer {token}"}
    body = {"model": "default", "messages": QUESTION, "temperature": 0}
    async with http() as client:
        answers = await asyncio.gather(
            *(
                client.post(f"{replica.base_url}/chat/completions", json=body, headers=headers)
                for replica in replicas.data
            )
        )
    assert sorted(answer.headers["x-turnout-cache"] for answer in answers) == ["hit", "miss"]
    assert answers[0].json() == answers[1].json()


async def all_refuse(replicas: Site, client: httpx.AsyncClient, token: str) -> bool:
    calls = [await call(replica, client, token) for replica in replicas.data]
    return {called.code for called in calls} == {"invalid_api_key"}


async def test_a_revoked_key_is_refused_by_all_replicas(replicas: Site) -> None:
    token = await replicas.issue("short-lived")
    async with replicas.control[-1].control() as control, http() as client:
        keys = (await control.get("/api/keys")).raise_for_status().json()
        (id,) = (key["id"] for key in keys if key["name"] == "short-lived")
        (await control.delete(f"/api/keys/{id}")).raise_for_status()
        await until(lambda: all_refuse(replicas, client, token))
