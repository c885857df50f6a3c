"""What looking at a big ledger costs: `python -m benchmarks.ledger`.

Fills a store of its own (SQLite in a temporary folder, or the database of `--url`) with so many
attempts over thirty days, by the database's own generator, and with the sums that go with them: of
each course and step of time one row, made by the same code that the control plane adds up with, of
as many values as that many attempts leave there. Then it asks what the dashboard asks, through the
same queries, and tells how long each took.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import Dimension
from turnout.application.queries.attempts import Attempts, WantedAttempts
from turnout.application.queries.usage import DAY, Asked, KeptFor, Measure, Usage
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.persistence.attempt_view import SqlAttemptView
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt
from turnout.infrastructure.persistence.migrate import upgrade
from turnout.infrastructure.persistence.rollup import (
    COUNTED,
    RESOLUTIONS,
    TABLES,
    Caller,
    Course,
    Slot,
    Subject,
    Sums,
    Traffic,
    fill,
    new_row,
)
from turnout.infrastructure.persistence.usage_view import SqlUsageView
from turnout.infrastructure.system.clock import SystemClock

DAYS = 30
KEPT_DAYS = {60: 3, 3_600: 100, 86_400: 10_000}
KEYS, ROUTES, MODELS, PROVIDERS, TEAMS = 50, 3, 6, 4, 8
BATCH_ROWS = 500
ROUNDS = 5
LIMIT_SECONDS = 0.2
_SAMPLES = 40
_ROWS_AT_ONCE = 2_000
_COLUMNS = (
    "batch, position, at, request, number, route, key_id, key_name, team, project, provider, "
    "model, account, outcome, failure, status, seconds, first_token_seconds, input_tokens, "
    "output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens, "
    "audio_input_tokens, audio_output_tokens, cost_nanos, avoided_nanos"
)
_SERIES = {
    "sqlite": (
        "WITH RECURSIVE numbers(n) AS "
        "(SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :last)"
    ),
    "postgresql": (
        "WITH numbers(n) AS "
        "(SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint) - 1))"
    ),
}
_FILL = f"""
INSERT INTO ledger_attempt ({_COLUMNS})
{{series}}
SELECT
    (CAST((:began + (n / {BATCH_ROWS}) * :batch_seconds) * 1000 AS bigint)) * 2097152,
    n % {BATCH_ROWS}, :began + n * :seconds, 'req_' || n, 1, 'route-' || (n % {ROUTES}),
    'key_' || (n * 7919 % {KEYS}), 'key-' || (n * 7919 % {KEYS}),
    'team-' || (n * 7919 % {KEYS} % {TEAMS}), 'atlas',
    'provider-' || (n * 31 % {MODELS} % {PROVIDERS}), 'model-' || (n * 31 % {MODELS}), 1,
    CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'completed' END,
    CASE WHEN n % 50 = 0 THEN 'timeout' END, CASE WHEN n % 10000 = 0 THEN 599 END,
    0.2 + (n * 104729 % 10007) / 2000.0, 0.1, 1000, 100, 0, 0, 0, 0, 0, 3500000, 0
FROM numbers
"""
Question = Callable[[], Awaitable[object]]


async def fill_attempts(engine: AsyncEngine, rows: int, began: float) -> None:
    """Write `rows` attempts, evenly over DAYS days, in batches as workers number them."""
    sql = _FILL.format(series=_SERIES[engine.dialect.name])
    seconds = DAYS * DAY / rows
    values = {"began": began, "seconds": seconds, "batch_seconds": seconds * BATCH_ROWS}
    piece = 500_000 - 500_000 % BATCH_ROWS
    async with engine.begin() as connection:
        await connection.execute(text("DROP INDEX ix_ledger_attempt_request"))
    for first in range(0, rows, piece):
        async with engine.begin() as connection:
            span = {"first": first, "last": min(rows, first + piece)}
            await connection.execute(text(sql), {**values, **span})
    async with engine.begin() as connection:
        await connection.execute(
            text("CREATE INDEX ix_ledger_attempt_request ON ledger_attempt (request)")
        )


async def fill_sums(engine: AsyncEngine, rows: int, began: float, now: float) -> int:
    """Write the sums for them; return how many rows that took."""
    written = 0
    courses = _courses()
    subjects: dict[type[Subject], set[Subject]] = {
        Course: set(courses),
        Traffic: {Traffic(each.route, each.provider, each.model) for each in courses},
        Caller: {Caller(each.key_id, each.key_name, each.team, each.project) for each in courses},
    }
    for kind, resolution in [(kind, step) for kind in subjects for step in RESOLUTIONS]:
        since = max(began, now - KEPT_DAYS[resolution] * DAY)
        steps = range(int(since // resolution) * resolution, int(now), resolution)
        each = rows * resolution / (DAYS * DAY) / len(subjects[kind])
        samples = [_sample(each) for _ in range(_SAMPLES)]
        slots = (Slot(resolution, start, one) for start in steps for one in subjects[kind])
        written += await _insert(engine, kind, slots, samples)
    return written


async def _insert(
    engine: AsyncEngine, kind: type[Subject], slots: Iterator[Slot], samples: Sequence[Sums]
) -> int:
    values: list[dict[str, Any]] = []
    for sums in samples:
        row = fill(new_row(Slot(0, 0, kind(*("" for _ in kind._fields)))), sums)
        names = (*COUNTED, "failures", "latency", "first_token")
        values.append({name: getattr(row, name) for name in names})
    written = 0
    async with engine.begin() as connection:
        while piece := list(islice(slots, _ROWS_AT_ONCE)):
            rows = [
                {
                    "resolution": slot.resolution,
                    "start": slot.start,
                    **slot.subject._asdict(),
                    **random.choice(values),
                }
                for slot in piece
            ]
            await connection.execute(insert(TABLES[kind]), rows)
            written += len(rows)
    return written


def _courses() -> list[Course]:
    """One key asks for two of the models, each by a route: a hundred courses, as it may be."""
    courses = []
    for key in range(KEYS):
        for place in range(2):
            model = (key + place) % MODELS
            names = f"key_{key}", f"key-{key}", f"team-{key % TEAMS}", "atlas"
            provider = f"provider-{model % PROVIDERS}"
            courses.append(Course(f"route-{model % ROUTES}", *names, provider, f"model-{model}"))
    return courses


def _sample(values: float) -> Sums:
    """What about so many attempts add up to."""
    sums = Sums()
    for number in range(max(1, round(values))):
        failed = number % 50 == 49
        sums.add(
            StoredAttempt(
                number=1,
                outcome=AttemptOutcome.FAILED if failed else AttemptOutcome.COMPLETED,
                failure=FailureKind.TIMEOUT if failed else None,
                seconds=random.lognormvariate(0.0, 0.7),
                first_token_seconds=random.lognormvariate(-1.0, 0.5),
                input_tokens=1000,
                output_tokens=100,
                cost_nanos=3_500_000,
                avoided_nanos=0,
            )
        )
    return sums


def questions(engine: AsyncEngine) -> dict[str, Question]:
    """Return what the dashboard asks, by what it is about."""
    clock = SystemClock()
    usage = Usage(SqlUsageView(engine), clock, KeptFor(3 * DAY, 100 * DAY))
    attempts = Attempts(SqlAttemptView(engine), clock)
    found: dict[str, Question] = {}
    spans = {"1 h": timedelta(hours=1), "24 h": timedelta(days=1), "7 d": timedelta(days=7)}
    spans["30 d"] = timedelta(days=30)
    for name, since in spans.items():
        asked = Asked(since)
        found[f"summary, {name}"] = lambda asked=asked: usage.summary(asked)
        found[f"series, {name}"] = lambda asked=asked: usage.series(asked)
        for by in Dimension:
            found[f"summary by {by}, {name}"] = lambda asked=asked, by=by: usage.summary(asked, by)
        found[f"series by provider, {name}"] = lambda asked=asked: usage.series(
            asked, Dimension.PROVIDER
        )
        found[f"slowest models, {name}"] = lambda asked=asked: usage.top(
            asked, Dimension.MODEL, Measure.LATENCY, 10
        )
        found[f"dearest keys, {name}"] = lambda asked=asked: usage.top(
            asked, Dimension.KEY, Measure.COST, 10
        )
        of_team = Asked(since, narrowed={Dimension.TEAM: "team-1"})
        found[f"one team by model, {name}"] = lambda asked=of_team: usage.summary(
            asked, Dimension.MODEL
        )
    found["newest 100 attempts"] = lambda: attempts.page(WantedAttempts(), None, 100)
    of_key = WantedAttempts(narrowed={Dimension.KEY: "key-1"})
    found["newest 100 attempts of one key"] = lambda: attempts.page(of_key, None, 100)
    rare = WantedAttempts(timedelta(hours=24), status=599)
    found["failures with a rare status, 24 h"] = lambda: attempts.page(rare, None, 100)
    found["one request"] = lambda: attempts.of_request("req_1000")
    return found


async def measured(engine: AsyncEngine) -> dict[str, tuple[float, float]]:
    """Return the median and the longest seconds of each question, asked ROUNDS times."""
    found: dict[str, tuple[float, float]] = {}
    for name, ask in questions(engine).items():
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await ask()
            times.append(time.perf_counter() - began)
        found[name] = median(times), max(times)
    return found


async def run(url: str, rows: int) -> bool:
    """Fill, ask, print a table; tell whether every median is within the limit."""
    engine = make_engine(url)
    try:
        await upgrade(engine)
        now = time.time()
        began = now - DAYS * DAY
        await fill_attempts(engine, rows, began)
        filled = time.time()
        sums = await fill_sums(engine, rows, began, now)
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.run_sync(_analyse)
        print(f"{engine.dialect.name}: {rows:,} attempts in {filled - now:.0f} s, {sums:,} sums in")
        print(
            f"{time.time() - filled:.0f} s\n\n| asked | median ms | longest ms |\n|---|---:|---:|"
        )
        found = await measured(engine)
        for name, (middle, longest) in found.items():
            print(f"| {name} | {middle * 1000:.1f} | {longest * 1000:.1f} |")
        return all(middle < LIMIT_SECONDS for middle, _ in found.values())
    finally:
        await engine.dispose()


def _analyse(connection: Connection) -> None:
    connection.exec_driver_sql("ANALYZE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 if every question was answered within the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="attempts")
    parser.add_argument("--url", help="an empty database, else SQLite in a temporary folder")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="turnout-ledger-") as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'ledger.db'}"
        return 0 if asyncio.run(run(url, given.rows)) else 1


if __name__ == "__main__":
    sys.exit(main())
