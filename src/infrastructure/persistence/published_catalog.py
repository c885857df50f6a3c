"""PublishedCatalog: the catalog as workers read it; SqlCatalogSource reads it for others."""

from typing import Protocol

from turnout.application.ports.catalog_source import CatalogSource, StoredCatalog
from turnout.infrastructure.persistence.document import decode_catalog
from turnout.infrastructure.persistence.store_link import Row, StoreLink

_SELECT = "SELECT revision, document FROM publication"
_REVISION = "SELECT revision FROM publication"


class _Unpublished(Exception):
    """The store has never been published: it is empty, or not migrated."""


class PublishedCatalog(CatalogSource, Protocol):
    """A CatalogSource that can be closed."""

    async def close(self) -> None:
        """Let go of the database."""
        ...


class LinkedCatalog:
    """The PublishedCatalog behind a StoreLink."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def revision(self) -> int:
        """Return the number of the latest change."""
        (revision,) = await self._row(_REVISION)
        return int(revision)

    async def load(self) -> StoredCatalog:
        """Return everything as of one revision."""
        revision, document = await self._row(_SELECT)
        return decode_catalog(revision, document)

    async def close(self) -> None:
        """Let go of the database."""
        await self._link.close()

    async def _row(self, query: str) -> Row:
        rows = await self._link.rows(query)
        if not rows:
            raise _Unpublished("the store holds no catalog yet")
        return rows[0]
