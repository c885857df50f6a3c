"""What `turnout config apply`, `history` and `rollback` do."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.commands.entries import EntryChanges
from turnout.application.commands.roll_back import RollBack, RollBackHandler
from turnout.application.ports.history import ChangedBy, PastRevision
from turnout.bootstrap.applying import apply_to_store
from turnout.bootstrap.auditing import Auditing
from turnout.bootstrap.configuration import load, store_url
from turnout.domain.governance.actor import THE_COMMAND_LINE
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.persistence.history import SqlHistory
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.schema_version import MigrationRefused
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions

Answer = TypeVar("Answer")


def apply_configuration(file: Path, config: Path, dry_run: bool) -> AppliedConfiguration:
    """Apply `file` to the store that `config` names, or only try it. Raises BadConfiguration."""
    loaded = load(file)
    url = store_url(loaded if config == file else load(config), config)

    applying = apply_to_store(url, loaded.declared, dry_run=dry_run, actor=THE_COMMAND_LINE)
    return _run(applying)


def configuration_history(config: Path) -> list[PastRevision]:
    """Return the revisions kept in the store that `config` names. Raises BadConfiguration."""
    url = store_url(load(config), config)

    async def look() -> list[PastRevision]:
        async with opened_store(url, migrate=False) as engine:
            return await SqlHistory(engine).revisions()

    return _run(look())


def roll_back(config: Path, revision: int) -> EntryChanges:
    """Roll the store that `config` names back to `revision`.

    Raises BadConfiguration, and BadOptions for a revision that is not kept.
    """
    url = store_url(load(config), config)

    async def go_back() -> EntryChanges:
        async with opened_store(url, migrate=False) as engine:
            auditing = Auditing(engine, SystemClock(), ChangedBy.ROLLBACK)
            handler = auditing.on_all(
                lambda begin: RollBackHandler(begin, SqlHistory(engine)), "roll_back"
            )
            return await handler(THE_COMMAND_LINE, RollBack(revision))

    return _run(go_back())


def _run(task: Coroutine[Any, Any, Answer]) -> Answer:
    try:
        return asyncio.run(task)
    except DomainError as error:
        if error.code == "history.unknown":
            raise BadOptions(error.message) from error
        raise BadConfiguration([str(error)]) from error
    except (MigrationRefused, ValueError) as error:
        raise BadConfiguration([str(error)]) from error
