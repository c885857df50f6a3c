"""Joining: attempts and the request that they were made for, which ends after most of them."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.domain.shared.ids import RequestId

MOST_WAITING = 20_000
MOST_ENDED = 4_000


class Joined(NamedTuple):
    """A request that has ended, with attempts; `is_late` where it had been told of before."""

    request: RequestRecord
    attempts: list[AttemptRecord]
    is_late: bool


class Joining:
    """Remembers attempts whose request goes on, and for a while requests that have ended: a call
    that others share, or that has lost a race, may end after it."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[RequestId, list[AttemptRecord]] = OrderedDict()
        self._ended: OrderedDict[RequestId, RequestRecord] = OrderedDict()

    def join(self, records: Iterable[AttemptRecord | RequestRecord]) -> Iterator[Joined]:
        """Yield the requests that have ended, and late attempts with theirs."""
        for record in records:
            if isinstance(record, RequestRecord):
                self._ended[record.request] = record
                yield Joined(record, self._waiting.pop(record.request, []), False)
            elif (request := self._ended.get(record.request)) is not None:
                yield Joined(request, [record], True)
            else:
                self._waiting.setdefault(record.request, []).append(record)
        _shorten(self._waiting, MOST_WAITING)
        _shorten(self._ended, MOST_ENDED)


def _shorten(
    kept: "OrderedDict[RequestId, list[AttemptRecord]] | OrderedDict[RequestId, RequestRecord]",
    most: int,
) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
