"""What tests/contract/store does not say: a store that is not ready, and how lean a worker is."""

import subprocess
import sys

import pytest

from turnout.infrastructure.persistence.published_catalog import LinkedCatalog
from turnout.infrastructure.persistence.store_link import store_link


async def test_a_store_that_was_never_published_is_told(database_url: str) -> None:
    catalog = LinkedCatalog(store_link(database_url))
    with pytest.raises(Exception, match="holds no catalog yet"):
        await catalog.revision()
    await catalog.close()


def test_a_worker_reads_the_catalog_without_sqlalchemy() -> None:
    program = (
        "import sys, turnout.infrastructure.persistence.published_catalog; "
        "print([m for m in ('sqlalchemy', 'alembic', 'asyncpg', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"
