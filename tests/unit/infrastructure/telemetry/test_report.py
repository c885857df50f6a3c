"""Reports of several processes, added up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.infrastructure.telemetry import catalog
from turnout.infrastructure.telemetry.metric import Labels, Metric, Metrics
from turnout.infrastructure.telemetry.report import MOST_MERGED, add_counts, merge, read, written

counts = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.just("m"), st.sampled_from(["failed", "completed"])),
    st.integers(0, 1_000_000).map(float),
)


def counted(series: dict[Labels, float]) -> Metrics:
    metrics = Metrics()
    metrics.total(catalog.ATTEMPTS, series)
    return metrics


def test_a_report_is_read_as_it_was_written() -> None:
    metrics = Metrics()
    metrics.add(catalog.HEDGES, ("main",), 3.0)
    metrics.observe(catalog.OVERHEAD_SECONDS, ("chat",), 0.002)
    metrics.level(catalog.IN_FLIGHT, {(): 4.0})
    found = read(written(metrics))
    assert found.counters == metrics.counters
    assert found.histograms == metrics.histograms
    assert found.gauges == metrics.gauges


def test_what_this_version_does_not_know_is_left_out() -> None:
    old = '"histograms":{"turnout_overhead_seconds":[[["chat"],[1.0,2.0]]]}'
    text = f'{{"counters":{{"old_total":[[["a"],1.0]]}},{old}}}'
    found = read(text)
    assert found.counters == {}
    assert found.histograms == {"turnout_overhead_seconds": {}}


@given(st.lists(counts, max_size=5))
def test_counts_of_all_processes_are_added(reports: list[dict[Labels, float]]) -> None:
    total = merge(counted(series) for series in reports)
    expected = sum(sum(series.values()) for series in reports)
    assert sum(total.counters.get("turnout_attempts_total", {}).values()) == expected


@given(counts, counts)
def test_what_is_taken_away_was_added_before(
    first: dict[Labels, float], second: dict[Labels, float]
) -> None:
    total = merge([counted(first), counted(second)])
    add_counts(total, counted(second), -1.0)
    left = {key: n for key, n in total.counters["turnout_attempts_total"].items() if n}
    assert left == {key: number for key, number in first.items() if number}


@pytest.mark.parametrize(
    ("metric", "merged"),
    [(catalog.IN_FLIGHT, 7.0), (catalog.LOOP_LAG, 4.0), (catalog.RELOAD_GOOD, 3.0)],
)
def test_levels_are_added_or_the_most_or_least_of_them(metric: Metric, merged: float) -> None:
    reports = [Metrics(), Metrics()]
    for report, value in zip(reports, (3.0, 4.0), strict=True):
        report.level(metric, {(): value})
    assert merge(reports).gauges[metric.name] == {(): merged}


def test_all_processes_together_are_bounded_too() -> None:
    total = Metrics()
    for number in range(MOST_MERGED + 5):
        report = Metrics()
        report.add(catalog.HEDGES, (f"route-{number}",))
        add_counts(total, report)
    series = total.counters["turnout_hedges_total"]
    assert len(series) == MOST_MERGED + 1
    assert sum(series.values()) == MOST_MERGED + 5
