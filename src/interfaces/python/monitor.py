"""Watches the providers of a gateway: asks each cheaply, and reads what calls have taught."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from turnout.application.snapshot.routing_snapshot import RoutingSnapshot
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.shared.ids import ProviderId
from turnout.interfaces.python.gateway import InProcessGateway

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 30.0
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """What is known of a provider.

    `reachable` is the answer to the last probe (a model list, no tokens), `detail` why not;
    `error_rate` is the share of failures among the calls of the last while, None without any.
    """

    provider: str
    reachable: bool
    detail: str
    error_rate: float | None


Changed = Callable[[ProviderStatus], None]


class AIProviderMonitor:
    """Probes every provider at an interval; `on_change` hears of each that comes or goes.

    What `on_change` raises comes out of `check`; while monitoring it is logged.
    """

    def __init__(
        self,
        gateway: InProcessGateway,
        *,
        interval_seconds: float = INTERVAL_SECONDS,
        on_change: Changed | None = None,
    ) -> None:
        self._gateway = gateway
        self._interval_seconds = interval_seconds
        self._on_change = on_change
        self._status: dict[str, ProviderStatus] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def status(self) -> Mapping[str, ProviderStatus]:
        """The latest status by provider."""
        return self._status

    def start_monitoring(self) -> None:
        """Begin, in the running event loop; a second call does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name="provider-monitor")

    async def stop_monitoring(self) -> None:
        """End; the last status stays readable."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def check(self) -> Mapping[str, ProviderStatus]:
        """Probe all providers now, at once, and return what came of it."""
        snapshot = self._gateway.snapshot
        found = await asyncio.gather(*(self._probe(id, snapshot) for id in snapshot.providers))
        before, self._status = self._status, {status.provider: status for status in found}
        for status in found:
            earlier = before.get(status.provider)
            changed = earlier is None or earlier.reachable != status.reachable
            if changed and self._on_change is not None:
                self._on_change(status)
        return self._status

    async def _watch(self) -> None:
        while True:
            try:
                await self.check()
            except Exception:
                logger.exception("on_change failed; monitoring goes on")
            await asyncio.sleep(self._interval_seconds)

    async def _probe(self, id: ProviderId, snapshot: RoutingSnapshot) -> ProviderStatus:
        accounts = snapshot.clients.get(id)
        if accounts is None:
            _, why = snapshot.unusable[id]
            return ProviderStatus(id, False, why, self._error_rate(id))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                names = await next(iter(accounts.values())).probe.models()
        except TimeoutError:
            silent = f"silent for {PATIENCE_SECONDS:g} s"
            return ProviderStatus(id, False, silent, self._error_rate(id))
        except ProviderFailure as failure:
            return ProviderStatus(id, False, failure.message, self._error_rate(id))
        return ProviderStatus(id, True, f"lists {len(names)} models", self._error_rate(id))

    def _error_rate(self, id: ProviderId) -> float | None:
        handlers = self._gateway.handlers
        windows = [
            record.window
            for record in handlers.health.all()
            if record.deployment.startswith(f"{id}/")
        ]
        for window in windows:
            window.roll(handlers.clock.monotonic_seconds())
        calls = sum(window.calls for window in windows)
        return sum(window.failures for window in windows) / calls if calls else None
