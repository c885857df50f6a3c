"""LedgerQueue: attempts and requests on their way from a worker's requests to the store."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.system import Clock
from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.infrastructure.persistence.attempt_rows import INSERT_ATTEMPT, Row, as_record, row_of
from turnout.infrastructure.persistence.batch_numbers import batch_numbers
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.request_rows import (
    INSERT_REQUEST,
    as_request,
    row_of_request,
)
from turnout.infrastructure.persistence.store_link import Statement, StoreLink, ValuesRefused

CAPACITY = 100_000
BATCH = 500
_INSERT_BATCH = "INSERT INTO ledger_batch (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING"

Record = AttemptRecord | RequestRecord


class _Entry(NamedTuple):
    """A row, and whether it is a request's; an attempt's otherwise."""

    row: Row
    is_request: bool


class LedgerQueue:
    """UsageLedger and RequestLog that holds records until the store has them.

    `put` never waits; what comes while the queue is full is counted in `lost`. Of requests it takes
    those that were let in. `flush` leaves a record in the queue until it has been written: when the
    store is away nothing is lost but by the queue's bound. A record that the store will never take
    goes to the dead letters, alone.
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
        self._waiting: deque[Record] = deque()
        self._flushing = asyncio.Lock()
        self._numbers = batch_numbers(clock)
        self._pending: list[tuple[int, list[_Entry]]] = []
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def dead(self) -> int:
        """How many records became dead letters."""
        return self._dead_letters.count

    def put(self, record: Record) -> None:
        """Take `record`, or count it as lost when the queue is full."""
        if len(self._waiting) >= self._capacity:
            self.lost += 1
        elif record.grant is not None:
            self._waiting.append(record)

    async def flush(self) -> None:
        """Write all that is waiting now. Raises what the store raises while it is away."""
        async with self._flushing:
            left = len(self._waiting) - sum(len(entries) for _, entries in self._pending)
            while left > 0 or self._pending:
                if not self._pending:
                    left -= self._peek(min(left, BATCH))
                await self._write_pending()

    def _peek(self, size: int) -> int:
        """Prepare the oldest `size` records as a batch; they stay in the queue."""
        now = self._clock.epoch_seconds() - self._clock.monotonic_seconds()
        entries = [_entry(record, now) for record in islice(self._waiting, size)]
        self._pending = [self._numbered(entries)]
        return size

    async def _write_pending(self) -> None:
        """Write the batch that was peeked, in halves where it is refused; then let it go.

        A batch keeps its number until it is written, so that trying again after an error that came
        too late (the connection broke at the commit) writes nothing twice.
        """
        while self._pending:
            number, entries = self._pending[-1]
            batch = Statement(_INSERT_BATCH, [(number, self._clock.epoch_seconds())])
            try:
                await self._link.write(batch, *_statements(number, entries))
            except ValuesRefused as refusal:
                self._pending.pop()
                self._divide(entries, str(refusal))
                continue
            self._pending.pop()
            self._pop(len(entries))

    def _divide(self, entries: list[_Entry], why: str) -> None:
        if len(entries) == 1:
            ((row, is_request),) = entries
            self._dead_letters.put(as_request(row) if is_request else as_record(row), why)
            self._pop(1)
            return
        half = len(entries) // 2
        self._pending.append(self._numbered(entries[half:]))
        self._pending.append(self._numbered(entries[:half]))

    def _pop(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()

    def _numbered(self, entries: list[_Entry]) -> tuple[int, list[_Entry]]:
        return next(self._numbers), entries


def _entry(record: Record, epoch_of_monotonic: float) -> _Entry:
    if isinstance(record, RequestRecord):
        return _Entry(row_of_request(record, epoch_of_monotonic), True)
    return _Entry(row_of(record, epoch_of_monotonic), False)


def _statements(batch: int, entries: Sequence[_Entry]) -> Iterator[Statement]:
    """Yield what writes `entries`; their places tell them apart within the batch."""
    for insert, is_request in ((INSERT_ATTEMPT, False), (INSERT_REQUEST, True)):
        rows = [
            (batch, position, *entry.row)
            for position, entry in enumerate(entries)
            if entry.is_request is is_request
        ]
        if rows:
            yield Statement(insert, rows)
