"""What is told of requests after they have ended, beside those that go on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from turnout.application.ports.request_log import RequestRecord
from turnout.infrastructure.telemetry.joining import Joined, Joining
from turnout.infrastructure.telemetry.metric import Metrics
from turnout.infrastructure.telemetry.record_metrics import (
    note_attempt,
    note_generation,
    note_request,
)
from turnout.infrastructure.telemetry.record_tap import Record, RecordTap

PIECE = 200
"""How many records are looked at before requests have their turn again."""

Teller = Callable[[Sequence[Joined]], Awaitable[None]]


class Observing:
    """Takes what the tap has kept, counts it, and hands it to `tellers`, each with its requests."""

    def __init__(self, tap: RecordTap, metrics: Metrics, tellers: Sequence[Teller] = ()) -> None:
        self._tap = tap
        self._metrics = metrics
        self._tellers = tellers
        self._joining = Joining()

    async def __call__(self) -> None:
        """Tell of all that there is now. Raises what a teller raises."""
        while records := self._tap.take(PIECE):
            joined = self._count(records)
            for tell in self._tellers:
                await tell(joined)
            await asyncio.sleep(0)

    def _count(self, records: Sequence[Record]) -> list[Joined]:
        metrics = self._metrics
        for record in records:
            if isinstance(record, RequestRecord):
                note_request(metrics, record)
            else:
                note_attempt(metrics, record)
        joined = list(self._joining.join(records))
        for request, attempts, _ in joined:
            for attempt in attempts:
                note_generation(metrics, attempt, request.operation)
        return joined
