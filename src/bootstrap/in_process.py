"""A whole gateway in this process, without a server: for the Python API and one-off questions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from turnout.application.commands.apply_configuration import ApplyConfigurationHandler
from turnout.application.ports.secret_store import SecretMissing
from turnout.bootstrap.configuration import load, plane_settings
from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.master_keys import found_master_key
from turnout.bootstrap.plane_settings import LedgerSettings
from turnout.infrastructure.persistence.migrate import upgrade

MEMORY = "sqlite://"


@asynccontextmanager
async def in_process(path: Path) -> AsyncIterator[ControlContainer]:
    """Open the file's gateway on a store in memory. Raises BadConfiguration, DomainError.

    The same handlers as a server's; what commands change is gone in the end.
    """
    loaded = load(path)
    key = found_master_key(loaded, path)
    settings = replace(
        plane_settings(loaded, path, MEMORY),
        master_key=key.secret if key else None,
        ledger=LedgerSettings(enabled=False),
    )
    # Callers who share the process have no event loop of ours to keep pools hot for.
    container = ControlContainer(settings=replace(settings, workers=1))
    try:
        await upgrade(container.database())
        await ApplyConfigurationHandler(container.unit_of_work)(loaded.declared)
        await container.refresh_snapshot()()
        with suppress(SecretMissing):  # whose provider is left out, with a reason
            await container.managed_secrets().refresh()
        if container.secrets().take_change():
            await container.refresh_snapshot()(anew=True)
        yield container
    finally:
        await container.client_factory().close()
        await container.database().dispose()
