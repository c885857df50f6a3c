"""SqlAccountWork: users, admin tokens and sessions, changed by one transaction at a time."""

from typing import Protocol, Self

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.system import Clock
from turnout.domain.governance.accounts import AdminToken, Session, SessionLimits, User
from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.account_tables import (
    StoredAdminToken,
    StoredSession,
    StoredUser,
)
from turnout.infrastructure.persistence.audit_log import lock_log
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.sql_work import Noting, SqlWork

LIMITS = SessionLimits()


class Touch(Protocol):
    """Takes what an entry (`user:NAME`, `token:NAME`) was before, and what it is now."""

    def __call__(self, entry: str, before: object, after: object) -> None: ...


class SqlUsers:
    """Users in `admin_user`."""

    def __init__(self, session: AsyncSession, touch: Touch) -> None:
        self._session = session
        self._touch = touch

    async def get(self, name: str) -> User | None:
        """Return the user, or None."""
        row = await self._session.get(StoredUser, name)
        return None if row is None else _user(row)

    async def list(self) -> list[User]:
        """Return all, by name."""
        rows = await self._session.scalars(select(StoredUser).order_by(StoredUser.name))
        return [_user(row) for row in rows]

    async def save(self, user: User) -> None:
        """Insert or update."""
        self._touch(f"user:{user.name}", await self.get(user.name), user)
        row = StoredUser(name=user.name, role=user.role.value, password_hash=user.password_hash)
        await self._session.merge(row)
        await self._session.flush()

    async def remove(self, user: User) -> None:
        """Delete, with their sessions."""
        self._touch(f"user:{user.name}", user, None)
        await self._session.execute(delete(StoredUser).where(StoredUser.name == user.name))
        await SqlSessions(self._session).remove_of(user.name)


class SqlAdminTokens:
    """Tokens in `admin_token`."""

    def __init__(self, session: AsyncSession, touch: Touch) -> None:
        self._session = session
        self._touch = touch

    async def find(self, digest: str) -> AdminToken | None:
        """Return the token with this digest, or None."""
        found = select(StoredAdminToken).where(StoredAdminToken.digest == digest)
        row = await self._session.scalar(found)
        return None if row is None else _token(row)

    async def list(self) -> list[AdminToken]:
        """Return all, by name."""
        rows = await self._session.scalars(select(StoredAdminToken).order_by(StoredAdminToken.name))
        return [_token(row) for row in rows]

    async def add(self, token: AdminToken) -> None:
        """Insert."""
        self._touch(f"token:{token.name}", None, token)
        row = StoredAdminToken(
            name=token.name,
            role=token.role.value,
            digest=token.digest,
            expires_at=token.expires_at,
        )
        self._session.add(row)
        await self._session.flush()

    async def remove(self, token: AdminToken) -> None:
        """Delete."""
        self._touch(f"token:{token.name}", token, None)
        gone = delete(StoredAdminToken).where(StoredAdminToken.name == token.name)
        await self._session.execute(gone)


class SqlSessions:
    """Sessions in `admin_session`."""

    def __init__(self, session: AsyncSession, limits: SessionLimits = LIMITS) -> None:
        self._session = session
        self._limits = limits

    async def find(self, digest: str) -> Session | None:
        """Return the session with this digest, or None."""
        row = await self._session.get(StoredSession, digest)
        if row is None:
            return None
        role = None if row.role is None else Role(row.role)
        return Session(row.digest, row.user, role, row.opened_at, row.seen_at)

    async def put(self, session: Session) -> None:
        """Insert one that was just opened; of one that is still there, update when it was seen."""
        if session.seen_at == session.opened_at:
            self._session.add(_session_row(session))
            await self._session.flush()
        else:
            row = update(StoredSession).where(StoredSession.digest == session.digest)
            await self._session.execute(row.values(seen_at=session.seen_at))
        oldest = session.seen_at - self._limits.life_seconds
        await self._session.execute(delete(StoredSession).where(StoredSession.opened_at < oldest))

    async def remove(self, digest: str) -> None:
        """Delete, if it is there."""
        await self._session.execute(delete(StoredSession).where(StoredSession.digest == digest))

    async def remove_of(self, user: str) -> None:
        """Delete all of a local user's."""
        locals = StoredSession.role.is_(None)
        await self._session.execute(delete(StoredSession).where(StoredSession.user == user, locals))


class SqlAccountWork(SqlWork):
    """An AccountWork; with `noting` it is for writing."""

    def __init__(self, engine: AsyncEngine, clock: Clock, noting: Noting | None = None) -> None:
        super().__init__(engine, clock, noting)
        self.users = SqlUsers(self._session, self._touched.put)
        self.tokens = SqlAdminTokens(self._session, self._touched.put)
        self.sessions = SqlSessions(self._session)

    async def __aenter__(self) -> Self:
        if self._noting is not None:
            await lock_log(self._session)
        return self


def looking_at_accounts(engine: AsyncEngine, clock: Clock) -> SqlAccountWork:
    """Return a work that only reads, and keeps nobody from writing."""
    return SqlAccountWork(reading(engine), clock)


def _user(row: StoredUser) -> User:
    return User(row.name, Role(row.role), row.password_hash)


def _token(row: StoredAdminToken) -> AdminToken:
    return AdminToken(row.name, Role(row.role), row.digest, row.expires_at)


def _session_row(session: Session) -> StoredSession:
    return StoredSession(
        digest=session.digest,
        user=session.user,
        role=None if session.role is None else session.role.value,
        opened_at=session.opened_at,
        seen_at=session.seen_at,
    )
