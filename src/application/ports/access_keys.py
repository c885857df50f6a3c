"""Access keys: where they are kept, and how their tokens are made and told."""

from dataclasses import dataclass, field
from typing import Protocol

from turnout.application.ports.unit_of_work import Work
from turnout.domain.governance.access_key import AccessKey, TokenMark
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A new token: `text` is for its bearer alone and kept nowhere, `mark` is what is kept."""

    text: str = field(repr=False)
    mark: TokenMark


class AccessTokens(Protocol):
    """Makes tokens, and tells whose one is."""

    def mint(self) -> MintedToken:
        """Return a token that cannot be guessed."""
        ...

    def new_id(self) -> KeyId:
        """Return a name for a key that has not been given before."""
        ...

    def prefix(self, text: str) -> str | None:
        """Return the part of a token that it is found by; None for what is no token."""
        ...

    def is_marked(self, text: str, mark: TokenMark) -> bool:
        """Tell whether `mark` is this token's; it takes the same time for every wrong one."""
        ...


class AccessKeys(Protocol):
    """The keys. A saved key's events are stored with it on commit."""

    async def get(self, id: KeyId) -> AccessKey | None:
        """Return the key, or None."""
        ...

    async def save(self, key: AccessKey) -> None:
        """Insert or update. Raises DomainError `key.changed_meanwhile`."""
        ...


class KeyWork(Work, Protocol):
    """A transaction on access keys. Leaving without commit undoes everything.

    It raises the keys' version and not the revision of the catalog: no route depends on a key.
    """

    @property
    def keys(self) -> AccessKeys: ...


class KeyView(Protocol):
    """Reads keys for people."""

    async def list(self) -> list[AccessKey]:
        """Return all, also those that are good no longer, oldest first."""
        ...

    async def get(self, id: KeyId) -> AccessKey | None:
        """Return one, or None."""
        ...


@dataclass(frozen=True, slots=True)
class KeyChanges:
    """Keys that have changed, and the version that they lead to."""

    version: int
    keys: tuple[AccessKey, ...]


class KeySource(Protocol):
    """Reads what has changed, for those who check callers."""

    async def changes(self, since: int) -> KeyChanges:
        """Return every key that has changed after version `since`; all of them after 0."""
        ...
