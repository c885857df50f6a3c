"""StartingCatalog: what a worker serves from until a new store has been filled."""

from turnout.application.ports.catalog_source import StoredCatalog
from turnout.infrastructure.persistence.document import decode_catalog
from turnout.infrastructure.persistence.published_catalog import LinkedCatalog, PublishedCatalog
from turnout.infrastructure.persistence.store_link import StoreLink

STARTING_REVISION = 0
"""Of no change: the store's revisions count from 1."""


def catalog_to_serve_from(link: StoreLink, document: str | None) -> PublishedCatalog:
    """Return the store's published catalog, or `document` for as long as it has none."""
    source = LinkedCatalog(link)
    return source if document is None else StartingCatalog(source, document)


class StartingCatalog:
    """A PublishedCatalog before `source` has published for the first time, and then `source`.

    An empty store will hold just what the file declares, so `document` says it beforehand, and
    callers need not wait for the store to be made.
    """

    def __init__(self, source: PublishedCatalog, document: str) -> None:
        self._source = source
        self._document: str | None = document

    async def revision(self) -> int:
        """Return the source's revision, or STARTING_REVISION while it has none."""
        if self._document is None:
            return await self._source.revision()
        try:
            revision = await self._source.revision()
        except Exception:  # whatever an unfinished store answers: there is something to serve from
            return STARTING_REVISION
        self._document = None
        return revision

    async def load(self) -> StoredCatalog:
        """Return the source's catalog, or the one to start with."""
        if self._document is None:
            return await self._source.load()
        return decode_catalog(STARTING_REVISION, self._document)

    async def close(self) -> None:
        """Let go of the database."""
        await self._source.close()
