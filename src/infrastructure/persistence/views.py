"""Rows for people: straight from the tables, secrets left out."""

from dataclasses import asdict
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from turnout.application.ports.views import ChainRow, DeploymentRow, ProviderRow, TargetRow
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.credential import shown_credential, shown_credentials, shown_headers
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.infrastructure.persistence.engine import reading
from turnout.infrastructure.persistence.rows import rules_from
from turnout.infrastructure.persistence.tables import (
    StoredChain,
    StoredDeclaration,
    StoredDeployment,
    StoredProvider,
    StoredTarget,
)


class SqlProviderView:
    """Reads providers."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def list(self) -> list[ProviderRow]:
        """Return all, by name."""
        async with AsyncSession(self._engine) as session:
            declared = set(await session.scalars(select(StoredDeclaration.key)))
            rows = await session.scalars(select(StoredProvider))
            found = [_provider_row(row, f"provider:{row.id}" in declared) for row in rows]
            return sorted(found, key=lambda row: row.name)

    async def get(self, name: str) -> ProviderRow | None:
        """Return one, or None."""
        async with AsyncSession(self._engine) as session:
            row = await session.get(StoredProvider, name)
            if row is None:
                return None
            declared = await session.get(StoredDeclaration, f"provider:{name}")
            return _provider_row(row, declared is not None)


class SqlChainView:
    """Reads chains."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def list(self) -> list[ChainRow]:
        """Return all, by name."""
        async with AsyncSession(self._engine) as session:
            declared = set(await session.scalars(select(StoredDeclaration.key)))
            rows = await session.scalars(select(StoredChain))
            found = [_chain_row(row, f"chain:{row.id}" in declared) for row in rows]
            return sorted(found, key=lambda row: row.name)

    async def get(self, name: str) -> ChainRow | None:
        """Return one, or None."""
        async with AsyncSession(self._engine) as session:
            row = await session.get(StoredChain, name)
            if row is None:
                return None
            declared = await session.get(StoredDeclaration, f"chain:{name}")
            return _chain_row(row, declared is not None)


def _provider_row(row: StoredProvider, declared: bool) -> ProviderRow:
    return ProviderRow(
        name=row.id,
        vendor=row.vendor,
        protocol=row.protocol,
        base_url=row.base_url,
        credential=shown_credential(row.credential),
        further_credentials=shown_credentials(row.further_credentials or ()),
        enabled=row.enabled,
        weight=row.weight,
        priority=row.priority,
        headers=shown_headers(row.headers),
        options=row.options,
        timeouts={
            "connect_seconds": row.connect_seconds,
            "first_token_seconds": row.first_token_seconds,
            "between_tokens_seconds": row.between_tokens_seconds,
            "total_seconds": row.total_seconds,
        },
        circuit=asdict(rules_from(row.circuit or {}, CircuitLimits)),
        probe=asdict(rules_from(row.probe or {}, ProbeRules)),
        concurrency=asdict(rules_from(row.concurrency or {}, ConcurrencyRules)),
        connecting=asdict(rules_from(row.connecting or {}, Connecting)),
        declared=declared,
        deployments=tuple(map(_deployment_row, row.deployments)),
    )


def _deployment_row(row: StoredDeployment) -> DeploymentRow:
    return DeploymentRow(
        model=row.model,
        upstream=row.upstream,
        aliases=tuple(row.aliases),
        capabilities=tuple(row.capabilities),
        context_window=row.context_window,
        max_output_tokens=row.max_output_tokens,
        price=row.price,
        timeouts=row.timeouts,
    )


def _chain_row(row: StoredChain, declared: bool) -> ChainRow:
    return ChainRow(
        name=row.id,
        tiers=tuple(
            tuple(map(_target_row, tier))
            for _, tier in groupby(row.targets, key=lambda step: step.tier)
        ),
        strategy=row.strategy,
        deadline_seconds=row.deadline_seconds,
        max_attempts=row.max_attempts,
        on=None if row.on_failures is None else tuple(row.on_failures),
        rescue=row.rescue,
        cache=row.cache,
        sticky=row.sticky,
        hedge=row.hedge,
        declared=declared,
    )


def _target_row(row: StoredTarget) -> TargetRow:
    target = row.provider if row.model is None else f"{row.provider}/{row.model}"
    return TargetRow(target, row.weight)
