"""Access keys of the store that a configuration file names."""

from datetime import UTC, datetime
from pathlib import Path

from turnout.application.commands.issue_key import IssueKey, IssueKeyHandler
from turnout.application.commands.revoke_key import RevokeKey, RevokeKeyHandler
from turnout.application.commands.rotate_key import RotateKey, RotateKeyHandler
from turnout.application.ports.access_keys import MintedToken
from turnout.application.queries.get_key import GetKey
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.configuration import load, store_url
from turnout.bootstrap.master_keys import own_master_key
from turnout.bootstrap.on_store import on_store
from turnout.bootstrap.store_keys import agree_on_master_key
from turnout.domain.governance.access_key import AccessKey, KeySettings
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.domain.shared.ids import KeyId
from turnout.infrastructure.persistence.access_keys import SqlKeyView
from turnout.infrastructure.persistence.engine import AsyncEngine
from turnout.infrastructure.secrets.access_tokens import KeyedTokens
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.key_actions import IssuedKey, KeyRow

CLOCK = SystemClock()


def issue_in(config: Path, settings: KeySettings) -> IssuedKey:
    """Issue a key. Raises BadConfiguration, BadOptions."""

    async def issue(engine: AsyncEngine) -> IssuedKey:
        tokens = await _tokens(config)
        id = tokens.new_id()
        command = Auditing(engine, CLOCK).on_keys(lambda b: IssueKeyHandler(b, tokens, CLOCK))
        return await _shown(engine, id, await command(THE_COMMAND_LINE, IssueKey(id, settings)))

    return on_store(config, issue, migrate=True)


def keys_in(config: Path) -> list[KeyRow]:
    """List the keys. Raises BadConfiguration."""

    async def look(engine: AsyncEngine) -> list[KeyRow]:
        return [_row(key) for key in await SqlKeyView(engine).list()]

    return on_store(config, look)


def rotate_in(config: Path, id: str, overlap_seconds: float) -> IssuedKey:
    """Give a key a new token. Raises BadConfiguration, BadOptions."""

    async def rotate(engine: AsyncEngine) -> IssuedKey:
        tokens = await _tokens(config)
        command = Auditing(engine, CLOCK).on_keys(lambda b: RotateKeyHandler(b, tokens, CLOCK))
        minted = await command(THE_COMMAND_LINE, RotateKey(KeyId(id), overlap_seconds))
        return await _shown(engine, KeyId(id), minted)

    return on_store(config, rotate)


def revoke_in(config: Path, id: str) -> None:
    """End a key. Raises BadConfiguration, BadOptions."""

    async def revoke(engine: AsyncEngine) -> None:
        command = Auditing(engine, CLOCK).on_keys(lambda begin: RevokeKeyHandler(begin, CLOCK))
        await command(THE_COMMAND_LINE, RevokeKey(KeyId(id)))

    on_store(config, revoke)


async def _tokens(config: Path) -> KeyedTokens:
    loaded = load(config)
    master = own_master_key(loaded, config)
    return KeyedTokens(master, await agree_on_master_key(store_url(loaded, config), master))


async def _shown(engine: AsyncEngine, id: KeyId, minted: MintedToken) -> IssuedKey:
    return IssuedKey(_row(await GetKey(SqlKeyView(engine))(id)), minted.text)


def _row(key: AccessKey) -> KeyRow:
    settings, scope = key.settings, key.settings.scope
    return KeyRow(
        id=key.id,
        name=settings.name,
        team=settings.team,
        project=settings.project,
        routes=tuple(sorted(scope.routes)),
        models=tuple(sorted(scope.models)),
        providers=tuple(sorted(scope.providers)),
        networks=tuple(sorted(scope.networks)),
        metadata=settings.metadata,
        prefix=key.token.prefix,
        issued_at=datetime.fromtimestamp(key.issued_at_seconds, UTC),
        expires_at=_moment(settings.expires_at_seconds),
        revoked_at=_moment(key.revoked_at_seconds),
        former_prefix=None if key.former is None else key.former.prefix,
        former_until=_moment(key.former_until_seconds),
        limits=settings.limits,
    )


def _moment(epoch_seconds: float | None) -> datetime | None:
    return None if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC)
