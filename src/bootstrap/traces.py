"""Traces, where they are on: what makes and sends spans is imported only then."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnout.application.ports.system import Clock
from turnout.application.relay.tracing import Tracing
from turnout.bootstrap.telling_settings import TraceSettings
from turnout.infrastructure.telemetry.joining import Joined

if TYPE_CHECKING:
    from turnout.infrastructure.telemetry.span_export import SpanExport
    from turnout.infrastructure.telemetry.spans import SpanMaker


@dataclass(frozen=True, slots=True)
class Traces:
    """Makes spans of requests that have ended, and sends them when it is asked to."""

    maker: "SpanMaker"
    export: "SpanExport"
    clock: Clock

    async def __call__(self, ended: Sequence[Joined]) -> None:
        """Make the spans of `ended` that are wanted."""
        offset = self.clock.epoch_seconds() - self.clock.monotonic_seconds()
        self.export.put(self.maker.spans_of(ended, offset))

    @property
    def dropped(self) -> int:
        """How many spans no collector took."""
        return self.export.dropped

    @property
    def flush(self) -> Callable[[], Awaitable[None]]:
        """What sends the spans that were made."""
        return self.export.flush

    async def close(self) -> None:
        """Let go of the collector."""
        await self.export.close()


def tracing_for(settings: TraceSettings) -> Tracing:
    """Return what decides which requests are traced."""
    return Tracing(None if settings.endpoint is None else settings.share)


def traces_for(settings: TraceSettings, clock: Clock, version: str) -> Traces | None:
    """Return what traces; None where that is off."""
    if settings.endpoint is None:
        return None
    from turnout.infrastructure.telemetry.span_export import SpanExport
    from turnout.infrastructure.telemetry.spans import SpanMaker

    export = SpanExport(settings.endpoint, settings.headers, settings.timeout_seconds)
    return Traces(SpanMaker(settings.service_name, version), export, clock)
