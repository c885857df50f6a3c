"""The three states, on both databases, told without SQLAlchemy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.databases import empty_postgres

from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.migrate import downgrade
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.schema_head import HEAD
from turnout.infrastructure.persistence.store_state import StoreState, store_state


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    with empty_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


async def test_a_store_with_nothing_in_it_is_empty(empty_url: str) -> None:
    assert await store_state(empty_url, HEAD, {}) is StoreState.EMPTY


async def test_a_store_that_was_published_is_current_for_what_it_was_told(
    database_url: str,
) -> None:
    assert await store_state(database_url, HEAD, {}) is StoreState.BEHIND
    engine = make_engine(database_url)
    await publish_now(engine)
    assert await store_state(database_url, HEAD, {}) is StoreState.CURRENT
    assert await store_state(database_url, HEAD, {"provider:a": "x"}) is StoreState.BEHIND
    await downgrade(engine, "0001")
    await engine.dispose()
    assert await store_state(database_url, HEAD, {}) is StoreState.BEHIND
