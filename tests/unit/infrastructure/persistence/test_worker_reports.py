"""Reports of the dead are folded into one, on both databases."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.infrastructure.persistence.report_link import LinkedReports
from turnout.infrastructure.persistence.store_link import store_link
from turnout.infrastructure.persistence.worker_reports import (
    ENDED,
    FOLD_AFTER_SECONDS,
    FORGET_AFTER_SECONDS,
    SqlReports,
    Told,
)

NOW = 10_000_000.0
SILENT = NOW - FOLD_AFTER_SECONDS - 1.0


@pytest.fixture
async def link(database_url: str) -> AsyncIterator[LinkedReports]:
    link = store_link(database_url)
    yield LinkedReports(link)
    await link.close()


def added(ended: str | None, silent: object) -> str:
    """Numbers in place of reports: what is folded is added up."""
    assert isinstance(silent, list)
    return str(int(ended or 0) + sum(int(body) - int(folded or 0) for body, folded in silent))


async def told(reports: SqlReports) -> dict[str, Told]:
    return {row.worker: row for row in await reports.all()}


async def test_the_silent_are_folded_once(link: LinkedReports, engine: AsyncEngine) -> None:
    reports = SqlReports(engine)
    await link.put("alive", NOW, "1")
    await link.put("dead", SILENT, "20")
    await link.put("gone", SILENT, "300")
    for _ in range(2):
        await reports.fold(NOW, added)
    rows = await told(reports)
    assert rows[ENDED].body == "320"
    assert (rows["dead"].folded, rows["alive"].folded) == ("20", None)


async def test_who_was_only_silent_is_folded_by_what_came_since(
    link: LinkedReports, engine: AsyncEngine
) -> None:
    reports = SqlReports(engine)
    await link.put("slow", SILENT, "20")
    await reports.fold(NOW, added)
    await link.put("slow", NOW, "25")
    await reports.fold(NOW, added)
    assert (await told(reports))["slow"] == Told("slow", NOW, "25", "20")
    await reports.fold(NOW + FOLD_AFTER_SECONDS + 1.0, added)
    assert (await told(reports))[ENDED].body == "25"


async def test_the_long_dead_are_forgotten_and_their_sum_stays(
    link: LinkedReports, engine: AsyncEngine
) -> None:
    reports = SqlReports(engine)
    await link.put("dead", SILENT, "20")
    await reports.fold(NOW, added)
    await reports.fold(NOW + FORGET_AFTER_SECONDS, added)
    assert {row.worker: row.body for row in await reports.all()} == {ENDED: "20"}


async def test_nothing_to_fold_makes_no_sum(link: LinkedReports, engine: AsyncEngine) -> None:
    reports = SqlReports(engine)
    await link.put("alive", NOW, "1")
    await reports.fold(NOW, added)
    assert [row.worker for row in await reports.all()] == ["alive"]
