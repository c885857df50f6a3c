"""Requests for people, on both databases."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.fakes.system import FrozenClock
from tests.support.requests import request_record

from turnout.application.ports.request_views import RequestFilter
from turnout.application.ports.usage_views import Dimension
from turnout.infrastructure.persistence.dead_letters import DeadLetters
from turnout.infrastructure.persistence.ledger_queue import LedgerQueue
from turnout.infrastructure.persistence.request_view import SqlRequestView
from turnout.infrastructure.persistence.store_link import store_link

EPOCH = 1_700_000_000.0


@pytest.fixture
async def view(
    database_url: str, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[SqlRequestView]:
    """Five requests, a second apart, each in a batch of its own."""
    clock, link = FrozenClock(epoch=EPOCH), store_link(database_url)
    queue = LedgerQueue(link, clock, DeadLetters(tmp_path / "dead.jsonl"))
    for number, status in enumerate((200, 404, 200, 502, 200)):
        queue.put(
            request_record(
                f"req_{number}",
                status=status,
                provider="ab"[number % 2],
                ended_seconds=clock.monotonic_seconds(),
            )
        )
        await queue.flush()
        clock.move(1.0)
    yield SqlRequestView(engine)
    await link.close()


async def test_the_newest_come_first_page_by_page(view: SqlRequestView) -> None:
    wanted = RequestFilter(EPOCH - 1.0)
    first = await view.page(wanted, None, 3)
    second = await view.page(wanted, first[-1].place, 3)
    assert [row.request for row in (*first, *second)] == [f"req_{n}" for n in (4, 3, 2, 1, 0)]
    assert first[0].at == EPOCH + 4.0


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RequestFilter(EPOCH, status=404), ["req_1"]),
        (RequestFilter(EPOCH, least_status=400), ["req_3", "req_1"]),
        (RequestFilter(EPOCH + 3.0), ["req_4", "req_3"]),
        (RequestFilter(EPOCH, EPOCH + 1.0), ["req_0"]),
        (RequestFilter(EPOCH, narrowed={Dimension.PROVIDER: "b"}), ["req_3", "req_1"]),
        (RequestFilter(EPOCH, narrowed={Dimension.KEY: "nobody"}), []),
    ],
)
async def test_filters(view: SqlRequestView, wanted: RequestFilter, found: list[str]) -> None:
    assert [row.request for row in await view.page(wanted, None, 10)] == found


@pytest.mark.parametrize(
    "narrowed",
    [{Dimension.KEY: "ci"}, {Dimension.TEAM: "research"}, {Dimension.ROUTE: "default"}],
)
async def test_all_are_of_one_caller(
    view: SqlRequestView, narrowed: Mapping[Dimension, str]
) -> None:
    assert len(await view.page(RequestFilter(EPOCH, narrowed=narrowed), None, 10)) == 5


async def test_one_is_found_by_its_name(view: SqlRequestView) -> None:
    row = await view.get("req_3")
    assert row is not None
    assert (row.status, row.key, row.team, row.hedged) == (502, "ci", "research", False)
    assert await view.get("req_9") is None
