"""Counts, distributions and levels."""

from turnout.infrastructure.telemetry.metric import MOST_SERIES, OTHER, Kind, Metric, Metrics

COUNTED = Metric("counted_total", Kind.COUNTER, "Counted.", ("who",))
SEEN = Metric("seen_seconds", Kind.HISTOGRAM, "Seen.", (), (0.1, 1.0))
LEVEL = Metric("level", Kind.GAUGE, "Level.", ("who",))


def test_counters_add_up_by_their_labels() -> None:
    metrics = Metrics()
    metrics.add(COUNTED, ("a",))
    metrics.add(COUNTED, ("a",), 2.5)
    metrics.add(COUNTED, ("b",))
    assert metrics.counters == {"counted_total": {("a",): 3.5, ("b",): 1.0}}


def test_a_value_falls_into_the_bucket_whose_bound_it_does_not_exceed() -> None:
    metrics = Metrics()
    for value in (0.05, 0.1, 0.5, 1.0, 7.0):
        metrics.observe(SEEN, (), value)
    assert metrics.histograms == {"seen_seconds": {(): [2.0, 2.0, 1.0, 8.65]}}


def test_labels_are_bounded() -> None:
    metrics = Metrics()
    for number in range(MOST_SERIES + 10):
        metrics.add(COUNTED, (f"caller-{number}",))
    series = metrics.counters["counted_total"]
    assert len(series) == MOST_SERIES + 1
    assert series[(OTHER,)] == 10.0
    metrics.add(COUNTED, ("caller-0",))
    assert series[("caller-0",)] == 2.0


def test_levels_are_replaced_and_bounded() -> None:
    metrics = Metrics()
    metrics.level(LEVEL, {("gone",): 1.0})
    metrics.level(LEVEL, {(f"{number}",): 1.0 for number in range(MOST_SERIES + 3)})
    series = metrics.gauges["level"]
    assert ("gone",) not in series
    assert series[(OTHER,)] == 3.0


def test_totals_of_others_are_taken_as_they_are() -> None:
    metrics = Metrics()
    metrics.total(COUNTED, {("a",): 7.0})
    metrics.total(COUNTED, {("a",): 9.0})
    assert metrics.counters["counted_total"] == {("a",): 9.0}
