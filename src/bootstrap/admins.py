"""What `turnout admins` and `turnout audit` do, on the store that a file names."""

import json
from pathlib import Path

from turnout.application.commands.add_user import AddUser, AddUserHandler
from turnout.application.commands.issue_token import IssueToken, IssueTokenHandler
from turnout.application.commands.remove_user import RemoveUser, RemoveUserHandler
from turnout.application.commands.revoke_token import RevokeToken, RevokeTokenHandler
from turnout.application.ports.audit import AuditVerdict
from turnout.application.queries.list_accounts import ListTokens, ListUsers
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.on_store import on_store
from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.domain.governance.roles import Role
from turnout.infrastructure.identity.passwords import Argon2Passwords
from turnout.infrastructure.identity.secrets import RandomSecrets
from turnout.infrastructure.persistence.accounts import SqlAccountWork, looking_at_accounts
from turnout.infrastructure.persistence.engine import StoreEngine
from turnout.infrastructure.system.clock import SystemClock

SECONDS_A_DAY = 86400.0


def add_user(config: Path, name: str, role: Role, password: str) -> None:
    """Add a user. Raises BadConfiguration, BadOptions."""

    async def add(engine: StoreEngine) -> None:
        command = _auditing(engine).on_accounts(
            lambda begin: AddUserHandler(begin, Argon2Passwords()), "user"
        )
        await command(THE_COMMAND_LINE, AddUser(name, role, password))

    on_store(config, add, migrate=True)


def list_accounts(config: Path) -> tuple[list[User], list[AdminToken]]:
    """List users and tokens. Raises BadConfiguration."""

    async def look(engine: StoreEngine) -> tuple[list[User], list[AdminToken]]:
        def begin() -> SqlAccountWork:
            return looking_at_accounts(engine, SystemClock())

        return await ListUsers(begin)(), await ListTokens(begin)()

    return on_store(config, look)


def remove_user(config: Path, name: str) -> None:
    """Remove a user. Raises BadConfiguration, BadOptions."""

    async def remove(engine: StoreEngine) -> None:
        command = _auditing(engine).on_accounts(RemoveUserHandler, "user")
        await command(THE_COMMAND_LINE, RemoveUser(name))

    on_store(config, remove)


def issue_token(config: Path, name: str, role: Role, days: float | None) -> str:
    """Issue a token; return it. Raises BadConfiguration, BadOptions."""

    async def issue(engine: StoreEngine) -> str:
        command = _auditing(engine).on_accounts(
            lambda begin: IssueTokenHandler(begin, RandomSecrets(), SystemClock()), "token"
        )
        lasts = None if days is None else days * SECONDS_A_DAY
        return await command(THE_COMMAND_LINE, IssueToken(name, role, lasts))

    return on_store(config, issue, migrate=True)


def revoke_token(config: Path, name: str) -> None:
    """Revoke a token. Raises BadConfiguration, BadOptions."""

    async def revoke(engine: StoreEngine) -> None:
        command = _auditing(engine).on_accounts(RevokeTokenHandler, "token")
        await command(THE_COMMAND_LINE, RevokeToken(name))

    on_store(config, revoke)


def verify_audit(config: Path, expected: tuple[int, str] | None) -> AuditVerdict:
    """Check the chain of the audit log. Raises BadConfiguration."""
    return on_store(config, lambda engine: _auditing(engine).log.verify(expected))


def export_audit(config: Path) -> list[str]:
    """Return a line of JSON for every line of the audit log. Raises BadConfiguration."""

    async def export(engine: StoreEngine) -> list[str]:
        lines = _auditing(engine).log.lines()
        return [exported(record, hash) async for _, record, hash in lines]

    return on_store(config, export)


def exported(record: str, hash: str) -> str:
    """Return `{"hash": ..., "record": {...}}` with the record just as it was hashed."""
    return f'{{"hash":{json.dumps(hash)},"record":{record}}}'


def _auditing(engine: StoreEngine) -> Auditing:
    return Auditing(engine, SystemClock())
