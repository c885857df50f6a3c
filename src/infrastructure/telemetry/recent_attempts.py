"""The latest attempts, in memory."""

from collections import deque

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.usage_ledger import AttemptRecord


class RecentAttempts:
    """UsageLedger that keeps the latest attempts of this process and forgets the older ones."""

    __slots__ = ("_records",)

    def __init__(self, capacity: int = 1000) -> None:
        self._records: deque[AttemptRecord] = deque(maxlen=capacity)

    def put(self, record: AttemptRecord | RequestRecord) -> None:
        """Take an attempt; the oldest makes room."""
        if isinstance(record, AttemptRecord):
            self._records.append(record)

    def latest(self) -> tuple[AttemptRecord, ...]:
        """Return the records, oldest first."""
        return tuple(self._records)
