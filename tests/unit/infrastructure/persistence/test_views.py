"""What tests/contract/store does not say: views write nothing, not even by accident."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.support.databases import postgres_copy

from turnout.infrastructure.persistence.engine import make_engine, reading
from turnout.infrastructure.persistence.views import SqlChainView, SqlProviderView


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


async def test_a_reading_transaction_cannot_write_on_postgresql(postgres: str) -> None:
    engine = make_engine(postgres)
    assert await SqlProviderView(engine).list() == []
    assert await SqlChainView(engine).list() == []
    async with reading(engine).connect() as connection:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await connection.execute(text("DELETE FROM provider"))
    await engine.dispose()
