"""RecordTap: what the ledger is given, kept for a moment for all who tell of it."""

from collections import deque
from typing import Protocol

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.usage_ledger import AttemptRecord

CAPACITY = 200_000
Record = AttemptRecord | RequestRecord


class Takes(Protocol):
    """A UsageLedger and RequestLog."""

    def put(self, record: Record) -> None:
        """Take `record`."""
        ...


class RecordTap:
    """UsageLedger and RequestLog before another; metrics, logs and spans are made of what it keeps.

    It keeps none before `open`; where nobody comes for them any more, the oldest make room.
    """

    __slots__ = ("_is_open", "_ledger", "_new")

    def __init__(self, ledger: Takes, *, capacity: int = CAPACITY) -> None:
        self._ledger = ledger
        self._is_open = False
        self._new: deque[Record] = deque(maxlen=capacity)

    def open(self) -> None:
        """Keep records from now on: somebody is going to take them."""
        self._is_open = True

    def put(self, record: Record) -> None:
        """Keep `record`, and hand it on."""
        if self._is_open:
            self._new.append(record)
        self._ledger.put(record)

    def __len__(self) -> int:
        return len(self._new)

    def take(self, most: int) -> list[Record]:
        """Return the oldest records, `most` of them at most, and forget them."""
        new = self._new
        return [new.popleft() for _ in range(min(most, len(new)))]
