"""LedgerQueue: attempts on their way from a worker's requests to the store."""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.infrastructure.persistence.attempt_rows import INSERT_ATTEMPT, Row, as_record, row_of
from turnout.infrastructure.persistence.batch_numbers import batch_numbers
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.store_link import Statement, StoreLink, ValuesRefused

CAPACITY = 100_000
BATCH = 500
_INSERT_BATCH = "INSERT INTO ledger_batch (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING"


class LedgerQueue:
    """UsageLedger that holds records until the store has them.

    `put` never waits; what comes while the queue is full is counted in `lost`. `flush` leaves a
    record in the queue until it has been written: when the store is away nothing is lost but by
    the queue's bound. A record that the store will never take goes to the dead letters, alone.
    """

    def __init__(
        self,
        link: StoreLink,
        clock: Clock,
        dead_letters: DeadLetters,
        *,
        capacity: int = CAPACITY,
    ) -> None:
        self._link = link
        self._clock = clock
        self._dead_letters = dead_letters
        self._capacity = capacity
        self._waiting: deque[AttemptRecord] = deque()
        self._flushing = asyncio.Lock()
        self._numbers = batch_numbers(clock)
        self._pending: list[tuple[int, list[Row]]] = []
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, record: AttemptRecord) -> None:
        """Take `record`, or count it as lost when the queue is full."""
        if len(self._waiting) >= self._capacity:
            self.lost += 1
            return
        self._waiting.append(record)

    async def flush(self) -> None:
        """Write all that is waiting now. Raises what the store raises while it is away."""
        async with self._flushing:
            left = len(self._waiting)
            while left > 0 or self._pending:
                if not self._pending:
                    left -= self._peek(min(left, BATCH))
                await self._write_pending()

    def _peek(self, size: int) -> int:
        """Prepare the oldest `size` records as a batch; they stay in the queue."""
        now = self._clock.epoch_seconds() - self._clock.monotonic_seconds()
        rows = [row_of(record, now) for record in islice(self._waiting, size)]
        self._pending = [self._numbered(rows)]
        return size

    async def _write_pending(self) -> None:
        """Write the batch that was peeked, in halves where it is refused; then let it go.

        A batch keeps its number until it is written, so that trying again after an error that came
        too late (the connection broke at the commit) writes nothing twice.
        """
        while self._pending:
            number, rows = self._pending[-1]
            try:
                await self._link.write(
                    Statement(_INSERT_BATCH, [(number, self._clock.epoch_seconds())]),
                    Statement(INSERT_ATTEMPT, _placed(number, rows)),
                )
            except ValuesRefused as refusal:
                self._pending.pop()
                self._divide(rows, str(refusal))
                continue
            self._pending.pop()
            self._pop(len(rows))

    def _divide(self, rows: list[Row], why: str) -> None:
        if len(rows) == 1:
            self._dead_letters.put(as_record(rows[0]), why)
            self._pop(1)
            return
        half = len(rows) // 2
        self._pending.append(self._numbered(rows[half:]))
        self._pending.append(self._numbered(rows[:half]))

    def _pop(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()

    def _numbered(self, rows: list[Row]) -> tuple[int, list[Row]]:
        return next(self._numbers), rows


def _placed(batch: int, rows: Sequence[Row]) -> list[Row]:
    return [(batch, position, *row) for position, row in enumerate(rows)]
