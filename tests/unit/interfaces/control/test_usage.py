import csv
from io import StringIO

import httpx
import pytest
from tests.support.control import FakeControl, problem

from turnout.application.ports.usage_views import Dimension, UsageTotals
from turnout.domain.shared.sketch import Sketch
from turnout.infrastructure.persistence.rollup import COUNTED


def totals(name: str | None, start: int | None = None, **counts: int) -> UsageTotals:
    sketch = Sketch()
    sketch.add(2.0)
    zeros = dict.fromkeys(COUNTED, 0)
    return UsageTotals(name, start, {**zeros, **counts}, {"timeout": 1}, sketch, Sketch())


async def asked(control: FakeControl, path: str, **query: str) -> httpx.Response:
    async with control.client() as client:
        return await client.get(f"/api/analytics/{path}", params=query)


async def test_a_summary_tells_its_span_and_figures() -> None:
    control = FakeControl()
    control.usage.sums.found = [totals(None, requests=2, answered=1, cost_nanos=1_500_000_000)]
    answer = (await asked(control, "summary", since="2h")).json()
    now = int(control.usage.clock.epoch)
    assert answer["resolution_seconds"] == 60
    assert answer["since"] == (now - 7_200) // 60 * 60
    assert answer["percentile_error"] == 0.01
    (row,) = answer["rows"]
    figures = row["figures"]
    assert (row["name"], figures["success_rate"], figures["cost"]) == (None, 0.5, "1.5")
    assert figures["latency"]["p95"] == pytest.approx(2.0, rel=0.01)


async def test_questions_are_narrowed_and_told_apart() -> None:
    control = FakeControl()
    await asked(control, "summary", by="team", key="ci", provider="a", since="2023-11-01T00:00:00Z")
    (question,) = control.usage.sums.asked
    assert question.by is Dimension.TEAM
    assert question.narrowed == {Dimension.PROVIDER: "a", Dimension.KEY: "ci"}
    assert question.span.resolution == 86_400


async def test_a_series_has_a_line_for_each_name() -> None:
    control = FakeControl()
    control.usage.sums.found = [totals("b", 60), totals("a", 60), totals("a", 0)]
    answer = (await asked(control, "series", by="model")).json()
    lines = [(line["name"], [p["start"] for p in line["points"]]) for line in answer["lines"]]
    assert lines == [("a", [0, 60]), ("b", [60])]


async def test_the_first_by_a_measure() -> None:
    control = FakeControl()
    control.usage.sums.found = [totals("cheap", cost_nanos=1), totals("dear", cost_nanos=2)]
    answer = (await asked(control, "top", by="key", measure="cost", limit="1")).json()
    assert [row["name"] for row in answer["rows"]] == ["dear"]


async def test_a_series_as_csv() -> None:
    control = FakeControl()
    control.usage.sums.found = [totals("=SUM(A1)", 0, requests=3, cost_nanos=7)]
    answer = await asked(control, "series.csv", by="key")
    assert answer.headers["content-type"].startswith("text/csv")
    (line,) = csv.DictReader(StringIO(answer.text))
    assert (line["start"], line["key"]) == ("1970-01-01T00:00:00+00:00", "'=SUM(A1)")
    assert (line["requests"], line["cost"]) == ("3", "0.000000007")
    assert float(line["latency_p95"]) == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize(
    "query, field",
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "0h"}, "since"),
        ({"since": "999999999w"}, "since"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"until": "2d"}, "since"),
        ({"by": "colour"}, "by"),
        ({"provider": ""}, "provider"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_asked_is_refused(query: dict[str, str], field: str) -> None:
    answer = await asked(FakeControl(), "summary", **query)
    status, _, found = problem(answer)
    assert (status, found) == (422, field)
