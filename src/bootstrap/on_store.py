"""One-off work on the store that a configuration file names."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from turnout.bootstrap.configuration import load, store_url
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.persistence.engine import StoreEngine
from turnout.infrastructure.persistence.opening import opened_store
from turnout.infrastructure.persistence.schema_version import MigrationRefused
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions

Answer = TypeVar("Answer")


def on_store(
    config: Path, run: Callable[[StoreEngine], Awaitable[Answer]], *, migrate: bool = False
) -> Answer:
    """Return what `run` makes of the opened store. Raises BadConfiguration, BadOptions."""
    url = store_url(load(config), config)

    async def task() -> Answer:
        async with opened_store(url, migrate=migrate) as engine:
            return await run(engine)

    try:
        return asyncio.run(task())
    except DomainError as error:
        raise BadOptions(error.message) from None
    except (MigrationRefused, ValueError) as error:
        raise BadConfiguration([str(error)]) from None
