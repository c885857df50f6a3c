"""Revise an access key: only what is given changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict

from turnout.application.commands.known_key import known_key
from turnout.application.ports.access_keys import KeyWork
from turnout.domain.governance.access_key import KeySettings
from turnout.domain.governance.rate_limit import RateLimits
from turnout.domain.shared.ids import KeyId


class KeyChanges(TypedDict, total=False):
    """New values for some settings; metadata is replaced whole."""

    name: str
    team: str | None
    project: str | None
    metadata: Mapping[str, str]
    expires_at_seconds: float | None
    limits: RateLimits


class ScopeChanges(TypedDict, total=False):
    """New values for some parts of the scope, each replaced whole."""

    routes: frozenset[str]
    models: frozenset[str]
    providers: frozenset[str]
    networks: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReviseKey:
    """Change what `changes` and `scope` give and nothing else."""

    id: KeyId
    changes: KeyChanges
    scope: ScopeChanges = field(default_factory=ScopeChanges)


@dataclass(frozen=True, slots=True)
class ReviseKeyHandler:
    """Raises DomainError `key.unknown`, `key.revoked`, `key.changed_meanwhile`, `key.*`."""

    begin: Callable[[], KeyWork]

    async def __call__(self, command: ReviseKey) -> tuple[str, ...]:
        """Store the changes; return the names of the settings that are different now."""
        async with self.begin() as work:
            key = await known_key(work.keys, command.id)
            changed = key.revise(_revised(key.settings, command))
            if changed:
                await work.keys.save(key)
                await work.commit()
        return changed


def _revised(settings: KeySettings, command: ReviseKey) -> KeySettings:
    return replace(settings, scope=replace(settings.scope, **command.scope), **command.changes)
