"""Where users, admin tokens and sessions of the control plane are kept."""

from typing import Protocol

from turnout.application.ports.unit_of_work import Work
from turnout.domain.governance.accounts import AdminToken, Session, User


class Users(Protocol):
    """The local users."""

    async def get(self, name: str) -> User | None:
        """Return the user, or None."""
        ...

    async def list(self) -> list[User]:
        """Return all, by name."""
        ...

    async def save(self, user: User) -> None:
        """Insert or update."""
        ...

    async def remove(self, user: User) -> None:
        """Delete, with their sessions."""
        ...


class AdminTokens(Protocol):
    """The admin tokens, by the digest of their secrets."""

    async def find(self, digest: str) -> AdminToken | None:
        """Return the token with this digest, or None."""
        ...

    async def list(self) -> list[AdminToken]:
        """Return all, by name."""
        ...

    async def add(self, token: AdminToken) -> None:
        """Insert."""
        ...

    async def remove(self, token: AdminToken) -> None:
        """Delete."""
        ...


class Sessions(Protocol):
    """The sessions, by the digest of their secrets."""

    async def find(self, digest: str) -> Session | None:
        """Return the session with this digest, or None."""
        ...

    async def put(self, session: Session) -> None:
        """Insert one that was just opened; of one that is still there, update when it was seen.

        Those that are too old by then are forgotten.
        """
        ...

    async def remove(self, digest: str) -> None:
        """Delete, if it is there."""
        ...

    async def remove_of(self, user: str) -> None:
        """Delete all of a local user's."""
        ...


class AccountWork(Work, Protocol):
    """A transaction on accounts. Leaving without commit undoes everything.

    Writers come one after the other, from their beginning: what one has read stays so until it has
    written. `commit` writes the change into the audit log too.
    """

    @property
    def users(self) -> Users: ...

    @property
    def tokens(self) -> AdminTokens: ...

    @property
    def sessions(self) -> Sessions: ...
