"""The ledger's attempts one by one, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.ledger import START, kept_ledger

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import AttemptFilter, Dimension
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.attempt_view import SqlAttemptView


@pytest.fixture
async def clock(
    database_url: str, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[FrozenClock]:
    async with kept_ledger(database_url, engine, tmp_path) as clock:
        yield clock


async def test_attempts_newest_first_page_by_page(clock: FrozenClock, engine: AsyncEngine) -> None:
    view, wanted = SqlAttemptView(engine), AttemptFilter(since=START)
    seen, before = [], None
    while page := await view.page(wanted, before, 3):
        seen += [(row.request, row.number) for row in page]
        before = page[-1].place
    assert seen == [("req_3", 0), ("req_2", 1), ("req_1", 2), ("req_1", 1)]


@pytest.mark.parametrize(
    "wanted, count",
    [
        (AttemptFilter(since=START + 1), 2),
        (AttemptFilter(since=START, until=START + 3_600), 2),
        (AttemptFilter(since=START, outcome=AttemptOutcome.CACHED), 1),
        (AttemptFilter(since=START, failure=FailureKind.TIMEOUT), 1),
        (AttemptFilter(since=START, failure=FailureKind.OVERLOADED), 0),
        (AttemptFilter(since=START, status=500), 0),
        (AttemptFilter(since=START, narrowed={Dimension.KEY: "key_2"}), 2),
        (AttemptFilter(since=START, narrowed={Dimension.KEY: "ci", Dimension.PROVIDER: "b"}), 1),
    ],
)
async def test_attempts_that_are_wanted(
    clock: FrozenClock, engine: AsyncEngine, wanted: AttemptFilter, count: int
) -> None:
    assert len(await SqlAttemptView(engine).page(wanted, None, 100)) == count


async def test_one_request(clock: FrozenClock, engine: AsyncEngine) -> None:
    view = SqlAttemptView(engine)
    first, second = await view.of_request("req_1")
    assert (first.provider, first.failure, first.tokens) == ("b", FailureKind.TIMEOUT, None)
    assert (second.number, second.cost_nanos, second.at) == (2, 3_500_000, START)
    assert (second.tokens or {})["input_tokens"] == 1000
    assert await view.of_request("req_9") == []
