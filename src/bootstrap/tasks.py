"""What the one-off commands do. Each imports what it alone needs: SQLAlchemy takes a second."""

import asyncio
from dataclasses import replace
from pathlib import Path

from turnout.application.ports.views import ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.bootstrap.configuration import load, store_url
from turnout.domain.inference.capability import Capability, Requirement
from turnout.infrastructure.config.rendering import effective
from turnout.interfaces.cli.actions import (
    BadConfiguration,
    BadOptions,
    ControlPlane,
    Setting,
    Where,
)


def check_configuration(path: Path) -> str:
    """Check the file; return a summary of what it declares. Raises BadConfiguration."""
    declared = load(path).declared
    models = sum(len(settings.deployments) for settings in declared.providers.values())
    return (
        f"{path}: good: {len(declared.providers)} providers with {models} models, "
        f"{len(declared.chains)} chains"
    )


def effective_settings(path: Path) -> list[Setting]:
    """Return every setting with its origin, secrets masked. Raises BadConfiguration."""
    loaded = load(path)
    return [
        Setting(path, value, str(origin))
        for path, value, origin in effective(loaded.settings, loaded.tree)
    ]


def explain(where: Where, model: str, needs: Requirement) -> Explanation:
    """Explain a request. Raises BadConfiguration for a file, NoAnswer for a running gateway."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote import explain_at

        return explain_at(where, model, needs)
    from turnout.bootstrap.in_process import in_process

    async def ask(path: Path) -> Explanation:
        async with in_process(path) as gateway:
            explanation = gateway.explain_route()(model, needs)
            return replace(explanation, standings={})  # nothing has been asked here yet

    return asyncio.run(ask(where))


def list_providers(where: Where, capabilities: frozenset[Capability]) -> list[ProviderRow]:
    """List the providers that offer all of `capabilities`. Raises BadConfiguration or NoAnswer."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote import providers_at

        return providers_at(where, capabilities)
    from turnout.bootstrap.in_process import in_process

    async def ask(path: Path) -> list[ProviderRow]:
        async with in_process(path) as gateway:
            return await gateway.list_providers()(capabilities)

    return asyncio.run(ask(where))


def upgrade_database(path: Path | None, url: str | None) -> str:
    """Migrate the store at `url`, or that of the file at `path`; return the revision reached.

    Raises BadConfiguration, BadOptions.
    """
    from turnout.infrastructure.persistence.engine import make_engine
    from turnout.infrastructure.persistence.migrate import current, upgrade
    from turnout.infrastructure.persistence.schema_version import MigrationRefused

    if url is None and path is not None:
        url = store_url(load(path), path)
    if url is None:
        raise BadOptions("db upgrade: give --config or --url")

    async def migrate(url: str) -> str:
        engine = make_engine(url)
        try:
            await upgrade(engine)
            return await current(engine) or "base"
        finally:
            await engine.dispose()

    try:
        return asyncio.run(migrate(url))
    except (MigrationRefused, ValueError) as error:
        raise BadConfiguration([str(error)]) from error
