"""Applies what a configuration file declares to its store."""

from functools import partial

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    ApplyConfigurationHandler,
    DeclaredConfiguration,
)
from turnout.application.ports.audit import AuditResult, Deed
from turnout.application.ports.history import ChangedBy
from turnout.bootstrap.auditing import Auditing
from turnout.domain.governance.actor import THE_FILE, Actor
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.schema_version import MigrationRefused
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration

COMMAND = "apply_configuration"


async def apply_to_store(
    url: str, declared: DeclaredConfiguration, *, dry_run: bool = False, actor: Actor = THE_FILE
) -> AppliedConfiguration:
    """Migrate the store at `url` if need be, apply, and publish for the workers.

    The audit log says that `actor` did. A dry run leaves the catalog as it is. Raises
    BadConfiguration for what the store's rules refuse, and what the database raises when it is
    away.
    """
    try:
        async with opened_store(url, migrate=not dry_run) as engine:
            auditing = Auditing(engine, SystemClock(), ChangedBy.FILE)
            if dry_run:
                return await _try(auditing, declared, actor)
            apply = auditing.on_all(ApplyConfigurationHandler, COMMAND)
            applied = await apply(actor, declared)
            await publish_now(engine)  # a migration may have left an older form behind
            return applied
    except (MigrationRefused, DomainError) as error:
        raise BadConfiguration([str(error)]) from error


async def _try(
    auditing: Auditing, declared: DeclaredConfiguration, actor: Actor
) -> AppliedConfiguration:
    begin = partial(SqlUnitOfWork, auditing.engine, auditing.clock)
    try:
        return await ApplyConfigurationHandler(begin)(declared, dry_run=True)
    except DomainError as refusal:
        if actor is THE_FILE:  # a running gateway tries first, so that here its reload ends
            deed = Deed(actor, COMMAND, "configuration")
            await auditing.log.append(deed, AuditResult.REFUSED, refusal.code)
        raise
