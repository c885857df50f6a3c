"""Probing: asks providers whether they are there, and tells the board."""

import asyncio
from dataclasses import dataclass, replace

from turnout.application.health.accounts import Account, accounts_of
from turnout.application.ports.provider_client import ProviderClients
from turnout.application.ports.system import Clock
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.probe_rules import ProbeKind
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.errors import DomainError, unknown

PATIENCE_SECONDS = 5.0
_NOT_THERE = frozenset({FailureKind.TRANSPORT, FailureKind.TIMEOUT, FailureKind.OVERLOADED})
"""What says that a provider is not there: a model list may be refused by one that answers."""


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """What a probe has found: `good` if the provider is there, `detail` in words.

    `account` is the provider's name, with the number of any credential but the first.
    """

    account: str
    kind: ProbeKind
    good: bool
    detail: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Probing:
    """Probes one account, whatever its schedule."""

    holder: SnapshotHolder
    board: HealthBoard
    clock: Clock

    async def now(self, name: str) -> list[ProbeOutcome]:
        """Probe every account of the provider `name`; one that is not probed is by its model list.

        Raises DomainError `provider.unknown`, `provider.not_usable`.
        """
        snapshot = self.holder.current
        accounts = [each for each in accounts_of(snapshot) if each.provider.id == name]
        if not accounts:
            raise unknown("provider", name, snapshot.providers)
        if all(account.clients is None for account in accounts):
            _, why = snapshot.unusable[accounts[0].provider.id]
            raise DomainError("provider.not_usable", why)
        asked = [self(account) for account in accounts if account.clients is not None]
        return list(await asyncio.gather(*asked))

    async def __call__(self, account: Account) -> ProbeOutcome:
        """Probe `account`, which has clients, and let the board know."""
        assert account.clients is not None
        kind = account.provider.settings.probe.kind
        if kind is ProbeKind.OFF:
            kind = ProbeKind.MODELS
        began = self.clock.monotonic_seconds()
        outcome = ProbeOutcome(account.name, kind, True, "", 0.0)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                outcome = replace(outcome, detail=await _ask(kind, account, account.clients))
        except TimeoutError:
            silent = f"silent for {PATIENCE_SECONDS:g} s"
            outcome = replace(outcome, good=False, detail=silent)
        except ProviderFailure as failure:
            good = not _is_down(kind, failure)
            outcome = replace(outcome, good=good, detail=f"{failure.kind}: {failure.message}")
        now = self.clock.monotonic_seconds()
        self._tell(account, outcome.good, now)
        return replace(outcome, milliseconds=round((now - began) * 1000, 3))

    def _tell(self, account: Account, good: bool, now: float) -> None:
        for deployment in account.deployments:
            record = self.board.of(deployment)
            if good:
                record.probe_succeeded(now)
            else:
                record.probe_failed(now)
            self.board.note(record)


async def _ask(kind: ProbeKind, account: Account, clients: ProviderClients) -> str:
    deployments = account.provider.settings.deployments
    chats = (each for each in deployments if Capability.CHAT in each.capabilities)
    first = next(chats, None) if kind is ProbeKind.COMPLETION else None
    if first is not None:
        await clients.probe.complete(first)
        return f"{first.model} answers"
    if kind is ProbeKind.CONNECT:
        await clients.probe.connect()
        return "takes connections"
    return f"lists {len(await clients.probe.models())} models"


def _is_down(kind: ProbeKind, failure: ProviderFailure) -> bool:
    if kind is ProbeKind.COMPLETION:
        return failure.disposition.hurts_health
    return failure.kind in _NOT_THERE
