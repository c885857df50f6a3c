"""Accounts and the audit log in memory, with the promises of the real ones.

FakeAccounts      all that is kept
FakeAccountWork   writes to it, all or nothing, one at a time
FakeAuditLog      keeps lines, in order; the hashes are made up
PlainPasswords    "hashes" that cost nothing
CountedSecrets    secret-1, secret-2, ...
FakeIdentities    an identity provider that vouches for whom it was told
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from turnout.application.ports.audit import AuditResult, AuditRow, Deed
from turnout.application.ports.identity import Identity, IdentityRefused, LoginBegun
from turnout.domain.governance.accounts import AdminToken, Session, User


@dataclass
class FakeAccounts:
    """Holds what was committed; `look` and `begin` are what handlers take."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, AdminToken] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self) -> "FakeAccountWork":
        return FakeAccountWork(self)

    def noting(
        self, log: "FakeAuditLog"
    ) -> "Callable[[Deed, Callable[[], None]], FakeAccountWork]":
        """What begins units of work that write into `log`."""

        def begin(deed: Deed, noted: Callable[[], None]) -> FakeAccountWork:
            def note() -> None:
                log.put(deed, AuditResult.DONE)
                noted()

            return FakeAccountWork(self, note)

        return begin


class FakeAccountWork:
    """Works on copies that commit puts in place."""

    def __init__(self, accounts: FakeAccounts, note: Callable[[], None] = lambda: None) -> None:
        self._accounts = accounts
        self._note = note

    async def __aenter__(self) -> Self:
        await self._accounts.writing.acquire()
        self.users = FakeUsers(self, dict(self._accounts.users))
        self.tokens = FakeAdminTokens(dict(self._accounts.tokens))
        self.sessions = FakeSessions(dict(self._accounts.sessions))
        return self

    async def commit(self) -> None:
        self._accounts.users = dict(self.users.kept)
        self._accounts.tokens = dict(self.tokens.kept)
        self._accounts.sessions = dict(self.sessions.kept)
        self._note()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._accounts.writing.release()


@dataclass
class FakeUsers:
    """The draft's users."""

    work: FakeAccountWork
    kept: dict[str, User]

    async def get(self, name: str) -> User | None:
        return self.kept.get(name)

    async def list(self) -> list[User]:
        return [self.kept[name] for name in sorted(self.kept)]

    async def save(self, user: User) -> None:
        self.kept[user.name] = user

    async def remove(self, user: User) -> None:
        del self.kept[user.name]
        await self.work.sessions.remove_of(user.name)


@dataclass
class FakeAdminTokens:
    """The draft's tokens."""

    kept: dict[str, AdminToken]

    async def find(self, digest: str) -> AdminToken | None:
        return next((token for token in self.kept.values() if token.digest == digest), None)

    async def list(self) -> list[AdminToken]:
        return [self.kept[name] for name in sorted(self.kept)]

    async def add(self, token: AdminToken) -> None:
        self.kept[token.name] = token

    async def remove(self, token: AdminToken) -> None:
        del self.kept[token.name]


@dataclass
class FakeSessions:
    """The draft's sessions."""

    kept: dict[str, Session]

    async def find(self, digest: str) -> Session | None:
        return self.kept.get(digest)

    async def put(self, session: Session) -> None:
        if session.seen_at == session.opened_at or session.digest in self.kept:
            self.kept[session.digest] = session
        oldest = session.seen_at - 12 * 3600
        self.kept = {key: kept for key, kept in self.kept.items() if kept.opened_at >= oldest}

    async def remove(self, digest: str) -> None:
        self.kept.pop(digest, None)

    async def remove_of(self, user: str) -> None:
        self.kept = {key: kept for key, kept in self.kept.items() if kept.user != user or kept.role}


@dataclass
class FakeAuditLog:
    """Lines in memory."""

    rows: list[AuditRow] = field(default_factory=list)

    def put(self, deed: Deed, result: AuditResult, reason: str = "") -> None:
        number = len(self.rows) + 1
        at = datetime.fromtimestamp(number, UTC)
        self.rows.append(AuditRow(number, at, deed, result, reason, (), f"{number:064x}"))

    async def append(self, deed: Deed, result: AuditResult, reason: str = "") -> None:
        self.put(deed, result, reason)

    async def page(self, before: int | None, limit: int) -> list[AuditRow]:
        rows = [row for row in self.rows if before is None or row.number < before]
        return rows[::-1][:limit]

    def told(self) -> list[tuple[str, str, str, str]]:
        """Actor, command, entry and result of every line."""
        return [
            (row.deed.actor.name, row.deed.command, row.deed.entry, row.result) for row in self.rows
        ]


@dataclass
class PlainPasswords:
    """Counts the work that real ones would be."""

    verified: list[str | None] = field(default_factory=list)

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash)
        return password_hash == f"hash of {password}"


@dataclass
class CountedSecrets:
    """Secrets that tests can name."""

    made: int = 0

    def next_secret(self) -> str:
        self.made += 1
        return f"secret-{self.made}"


@dataclass
class FakeIdentities:
    """`known` are people by the code or the bearer token that stands for them."""

    known: dict[str, Identity] = field(default_factory=dict)

    async def begin_login(self, redirect_url: str) -> LoginBegun:
        return LoginBegun(f"https://idp.invalid/?to={redirect_url}", "state", "nonce", "verifier")

    async def finish_login(self, code: str, begun: LoginBegun, redirect_url: str) -> Identity:
        assert (begun.state, begun.nonce, begun.verifier) == ("state", "nonce", "verifier")
        return await self.identify(code)

    async def identify(self, bearer: str) -> Identity:
        if bearer not in self.known:
            raise IdentityRefused("nobody knows this one")
        return self.known[bearer]
