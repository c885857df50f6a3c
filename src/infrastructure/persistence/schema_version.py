"""Whether a store has the schema of this version already, told without Alembic.

Alembic takes a while to import, and most starts have nothing to migrate.
"""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.schema_head import HEAD


class MigrationRefused(Exception):
    """The store cannot be migrated, and is as it was."""


async def is_at_head(engine: AsyncEngine) -> bool:
    """Tell whether nothing is to be migrated; False for an empty store too.

    Raises what connecting raises.
    """
    async with reading(engine).connect() as connection:
        try:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        except SQLAlchemyError:
            return False
        return found.scalar() == HEAD
