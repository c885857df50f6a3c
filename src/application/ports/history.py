"""What the catalog was before, and who changed it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from turnout.application.ports.catalog_source import StoredCatalog


class ChangedBy(StrEnum):
    """Whose word a change was."""

    FILE = "file"
    API = "api"
    ROLLBACK = "rollback"
    UNKNOWN = "unknown"
    """It was stored by a version of Turnout that did not write that down."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """What happened to an entry, `provider:NAME` or `chain:NAME`; `fields` of it if it was revised.

    `event` is the domain event's name.
    """

    entry: str
    event: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastRevision:
    """A change of the catalog, by the revision that it led to."""

    revision: int
    at: datetime
    changed_by: ChangedBy
    changes: tuple[PastChange, ...]


class History(Protocol):
    """The newest revisions of the catalog; older ones are forgotten."""

    async def revisions(self) -> list[PastRevision]:
        """Return all that are kept, newest first."""
        ...

    async def catalog(self, revision: int) -> StoredCatalog | None:
        """Return the catalog as of `revision`, None if it is not kept."""
        ...
