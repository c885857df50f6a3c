"""What a snapshot is compiled from."""

from dataclasses import dataclass
from typing import Protocol

from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.fallback_chain import FallbackChain


@dataclass(frozen=True, slots=True)
class StoredCatalog:
    """All providers and chains as of one revision."""

    revision: int
    providers: tuple[Provider, ...]
    chains: tuple[FallbackChain, ...]


class CatalogSource(Protocol):
    """Reads what commands have stored."""

    async def revision(self) -> int:
        """Return the number of the latest change; cheap, asked every second."""
        ...

    async def load(self) -> StoredCatalog:
        """Return everything as of one revision."""
        ...
