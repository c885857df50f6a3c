from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.tables import (
    Schema,
    StoredChain,
    StoredEvent,
    StoredProvider,
    StoredTarget,
)

PROVIDER: dict[str, Any] = {
    "id": "openai",
    "version": 1,
    "vendor": "openai",
    "protocol": "openai_chat",
    "base_url": "https://example.invalid",
    "enabled": True,
    "weight": 1,
    "priority": 1,
    "headers": {},
    "options": {},
    "connect_seconds": 1.0,
    "first_token_seconds": 1.0,
    "between_tokens_seconds": 1.0,
    "total_seconds": 1.0,
}
CHAIN: dict[str, Any] = {
    "id": "main",
    "version": 1,
    "strategy": "weighted",
    "deadline_seconds": 1.0,
    "max_attempts": 1,
}
EVENT: dict[str, Any] = {"aggregate": "provider:x", "name": "ProviderRetired", "payload": {}}


async def test_good_rows_are_taken(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(StoredProvider).values(PROVIDER))
        await connection.execute(insert(StoredChain).values(CHAIN))
        assert (await connection.execute(select(StoredProvider.id))).scalars().all() == ["openai"]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (StoredProvider, PROVIDER | {"protocol": "smtp"}),
        (StoredProvider, PROVIDER | {"weight": 0}),
        (StoredProvider, PROVIDER | {"total_seconds": 0.0}),
        (StoredProvider, PROVIDER | {"base_url": None}),
        (StoredChain, CHAIN | {"strategy": "guessing"}),
        (StoredChain, CHAIN | {"max_attempts": 0}),
        (StoredChain, CHAIN | {"deadline_seconds": -1.0}),
        (
            StoredTarget,
            {"chain_id": "nowhere", "tier": 0, "position": 0, "provider": "x", "weight": 1},
        ),
    ],
)
async def test_the_database_refuses_what_the_domain_would(
    engine: AsyncEngine, table: type[Schema], row: dict[str, Any]
) -> None:
    async with engine.connect() as connection:
        with pytest.raises(IntegrityError):
            await connection.execute(insert(table).values(row))


async def test_times_come_back_as_utc(engine: AsyncEngine) -> None:
    there = datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=2)))
    async with engine.begin() as connection:
        await connection.execute(insert(StoredEvent).values(EVENT | {"at": there}))
        found = (await connection.execute(select(StoredEvent.at))).scalar_one()
    assert (found, found.tzinfo) == (datetime(2026, 1, 1, 1, tzinfo=UTC), UTC)


async def test_a_time_without_zone_is_refused(engine: AsyncEngine) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    async with engine.connect() as connection:
        with pytest.raises(StatementError, match="no time zone"):
            await connection.execute(insert(StoredEvent).values(EVENT | {"at": naive}))


def test_every_constraint_has_a_name() -> None:
    nameless = [
        str(constraint)
        for table in Schema.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []
