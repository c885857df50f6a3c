"""Every test of this folder runs on each implementation of the store."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.store.stores import Store, fake_store, sql_store
from tests.support.databases import postgres_copy


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    """A fresh database, or None for the fake."""
    if request.param == "fake":
        yield None
    elif request.param == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres_url")
        with postgres_copy(server, request.getfixturevalue("postgres_template")) as url:
            yield url


@pytest.fixture
async def store(store_url: str | None) -> AsyncIterator[Store]:
    async with fake_store() if store_url is None else sql_store(store_url) as store:
        yield store
