"""Runs the migrations on the connection that persistence/migrate.py hands over."""

from typing import Any

from alembic import context

from turnout.infrastructure.persistence.all_tables import METADATA
from turnout.infrastructure.persistence.tables import UtcDateTime


def render_item(kind: str, item: Any, autogenerating: Any) -> str | bool:
    """Write types so that a migration imports nothing of Turnout and suits both databases."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "JSON":
        autogenerating.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return "sa.JSON().with_variant(JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
