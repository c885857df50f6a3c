"""What test_attempt_view.py and test_request_view.py do not say: that a page follows the key."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from turnout.application.ports.usage_views import AttemptFilter, AttemptPlace, Dimension
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt
from turnout.infrastructure.persistence.paging import newest_first
from turnout.infrastructure.persistence.request_tables import StoredRequest


@pytest.mark.parametrize("table", [StoredAttempt, StoredRequest])
@pytest.mark.parametrize("before", [None, AttemptPlace(7, 3)])
async def test_a_page_is_read_along_the_key_and_nothing_is_sorted(
    sqlite_template: Path, table: type, before: AttemptPlace | None
) -> None:
    wanted = AttemptFilter(since=1.0, until=2.0, narrowed={Dimension.KEY: "ci"})
    query = newest_first(table, wanted, before, 10)
    words = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    engine = make_engine(f"sqlite:///{sqlite_template}")
    async with engine.connect() as connection:
        plan = (await connection.execute(text(f"EXPLAIN QUERY PLAN {words}"))).all()
    await engine.dispose()
    told = " ".join(str(row[-1]) for row in plan)
    assert "SEARCH" in told
    assert "TEMP B-TREE" not in told
