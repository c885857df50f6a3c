"""Applies what a configuration file declares to its store."""

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    ApplyConfigurationHandler,
    DeclaredConfiguration,
)
from turnout.application.ports.history import ChangedBy
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.schema_version import MigrationRefused
from turnout.infrastructure.persistence.unit_of_work import SqlUnitOfWork
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration


async def apply_to_store(
    url: str, declared: DeclaredConfiguration, *, dry_run: bool = False
) -> AppliedConfiguration:
    """Migrate the store at `url` if need be, apply, and publish for the workers.

    A dry run leaves it as it is. Raises BadConfiguration for what the store's rules refuse, and
    what the database raises when it is away.
    """
    try:
        async with opened_store(url, migrate=not dry_run) as engine:
            apply = ApplyConfigurationHandler(
                lambda: SqlUnitOfWork(engine, SystemClock(), changed_by=ChangedBy.FILE)
            )
            applied = await apply(declared, dry_run=dry_run)
            if not dry_run:
                await publish_now(engine)  # a migration may have left an older form behind
            return applied
    except (MigrationRefused, DomainError) as error:
        raise BadConfiguration([str(error)]) from error
