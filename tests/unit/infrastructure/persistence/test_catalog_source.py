"""What tests/contract/store does not say: one transaction, and what a worker has to import."""

import subprocess
import sys

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.catalog import OPENAI, full_settings

from turnout.domain.catalog.provider import Provider
from turnout.infrastructure.persistence.catalog_source import SqlCatalogSource
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork


async def test_everything_is_read_in_one_transaction(engine: AsyncEngine) -> None:
    async with SqlUnitOfWork(engine, FrozenClock()) as work:
        await work.providers.save(Provider.register(OPENAI, full_settings(OPENAI)))
        await work.commit()
    begun: list[object] = []
    event.listen(engine.sync_engine, "begin", begun.append)
    catalog = await SqlCatalogSource(engine).load()
    assert len(begun) == 1
    assert catalog.revision == 1


def test_a_worker_does_not_load_alembic() -> None:
    program = (
        "import sys, turnout.infrastructure.persistence.catalog_source, "
        "turnout.infrastructure.persistence.engine; "
        "print([m for m in ('alembic', 'mako', 'asyncpg', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"
