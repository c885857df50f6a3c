from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.migrate import downgrade
from turnout.infrastructure.persistence.schema_version import is_at_head


async def test_a_migrated_store_is_at_the_head_and_an_older_one_is_not(engine: AsyncEngine) -> None:
    assert await is_at_head(engine)
    await downgrade(engine, "0001")
    assert not await is_at_head(engine)


async def test_an_empty_store_is_not_at_the_head(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/empty.db")
    assert not await is_at_head(engine)
    await engine.dispose()
