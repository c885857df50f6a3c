import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest
from tests.fakes.system import FrozenClock
from tests.support.databases import empty_postgres

from turnout.infrastructure.persistence.leadership import (
    LEASE_SECONDS,
    LOCK,
    PostgresLeadership,
)
from turnout.infrastructure.persistence.store_link import asyncpg_url

Making = Callable[[], PostgresLeadership]


@pytest.fixture
def url(empty_postgres_url: str) -> str:
    return empty_postgres_url


@pytest.fixture
def other_url(postgres_url: str) -> Iterator[str]:
    with empty_postgres(postgres_url) as url:
        yield url


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def candidate(url: str, clock: FrozenClock) -> AsyncIterator[Making]:
    made: list[PostgresLeadership] = []

    def make() -> PostgresLeadership:
        made.append(PostgresLeadership(url, clock))
        return made[-1]

    yield make
    for each in made:
        await each.resign()


@pytest.fixture
async def admin(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(asyncpg_url(url))
    yield connection
    await connection.close()


END_THE_LEADERS = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def test_of_several_one_leads_and_goes_on_leading(candidate: Making) -> None:
    first, second, third = candidate(), candidate(), candidate()
    assert not first.leads()
    for each in (first, second, third, first, second, third):
        await each()
    assert [each.leads() for each in (first, second, third)] == [True, False, False]


async def test_who_begin_at_once_agree(candidate: Making) -> None:
    all = [candidate() for _ in range(8)]
    await asyncio.gather(*(each() for each in all))
    assert sum(each.leads() for each in all) == 1


async def test_who_resigns_is_followed(candidate: Making) -> None:
    first, second = candidate(), candidate()
    await first()
    await first.resign()
    assert not first.leads()
    await second()
    assert second.leads()
    await first()
    assert not first.leads()


async def test_a_lost_connection_ends_it_at_once_and_another_one_leads(
    candidate: Making, admin: asyncpg.Connection
) -> None:
    first, second = candidate(), candidate()
    await first()
    await second()
    await admin.execute(END_THE_LEADERS)

    while first.leads():
        await admin.fetchval("SELECT 1")
    while not second.leads():
        await second()
    await first()  # on a connection that is new
    assert (first.leads(), second.leads()) == (False, True)


async def test_who_hears_nothing_leads_no_longer(candidate: Making, clock: FrozenClock) -> None:
    leader = candidate()
    await leader()
    clock.move(LEASE_SECONDS - 0.1)
    assert leader.leads()
    clock.move(0.2)
    assert not leader.leads()
    await leader()
    assert leader.leads()


async def test_a_database_that_is_not_there_is_raised(clock: FrozenClock) -> None:
    nowhere = PostgresLeadership("postgresql://postgres@127.0.0.1:1/none", clock)
    with pytest.raises(OSError):
        await nowhere()
    assert not nowhere.leads()
    await nowhere.resign()


async def test_each_database_has_a_leader_of_its_own(
    candidate: Making, other_url: str, clock: FrozenClock
) -> None:
    first = candidate()
    await first()
    other = PostgresLeadership(other_url, clock)
    await other()
    assert first.leads() and other.leads()
    await other.resign()


async def test_the_lock_is_one_that_people_can_find(
    candidate: Making, admin: asyncpg.Connection
) -> None:
    await candidate()()
    found = await admin.fetchval(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2",
        LOCK >> 32,
        LOCK & 0xFFFFFFFF,
    )
    assert found >= 1
