import os
from pathlib import Path

import pytest

from turnout.infrastructure.persistence.history import SqlHistory
from turnout.infrastructure.persistence.migrate import downgrade
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.schema_version import MigrationRefused, is_at_head


async def test_the_store_is_brought_to_this_versions_schema(tmp_path: Path) -> None:
    async with opened_store(f"sqlite:///{tmp_path}/new.db", migrate=True) as engine:
        assert await is_at_head(engine)


async def test_looking_at_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    async with opened_store(f"sqlite:///{tmp_path}/new.db", migrate=False) as engine:
        assert await SqlHistory(engine).revisions() == []
    assert os.listdir(tmp_path) == []


async def test_an_older_store_is_left_alone(database_url: str) -> None:
    async with opened_store(database_url, migrate=False) as engine:
        assert await is_at_head(engine)
        await downgrade(engine, "0002")
    with pytest.raises(MigrationRefused, match="turnout db upgrade"):
        async with opened_store(database_url, migrate=False):
            pass
    async with opened_store(database_url, migrate=True) as engine:
        assert await is_at_head(engine)
