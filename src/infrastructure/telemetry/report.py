"""Report: the metrics of one process on their way to the control plane, and sums of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from turnout.infrastructure.telemetry.catalog import CATALOG
from turnout.infrastructure.telemetry.metric import MOST_SERIES, OTHER, Labels, Merge, Metrics

MOST_MERGED = 4 * MOST_SERIES
"""Series of one metric, of all processes together."""

Series = dict[str, list[tuple[Labels, float]]]
Distributions = dict[str, list[tuple[Labels, list[float]]]]
Numbers = dict[str, dict[Labels, float]]
Buckets = dict[str, dict[Labels, list[float]]]


class Report(msgspec.Struct, omit_defaults=True):
    """Each metric's series: the values of its labels, and its number or its buckets."""

    counters: Series = {}
    histograms: Distributions = {}
    gauges: Series = {}


def written(metrics: Metrics) -> str:
    """Return a report of `metrics` in JSON."""
    report = Report(_pairs(metrics.counters), _pairs(metrics.histograms), _pairs(metrics.gauges))
    return msgspec.json.encode(report).decode()


def read(text: str) -> Metrics:
    """Return what a report tells of metrics that this version knows. Raises DecodeError."""
    report = msgspec.json.decode(text, type=Report)
    found = Metrics()
    found.counters = {n: dict(series) for n, series in report.counters.items() if n in CATALOG}
    found.gauges = {n: dict(series) for n, series in report.gauges.items() if n in CATALOG}
    for name, series in report.histograms.items():
        if name in CATALOG:
            size = len(CATALOG[name].buckets) + 2
            found.histograms[name] = {key: each for key, each in series if len(each) == size}
    return found


def merge(reports: Iterable[Metrics]) -> Metrics:
    """Return what all of `reports` come to."""
    total = Metrics()
    for report in reports:
        add_counts(total, report)
        for name, gauges in report.gauges.items():
            mine = total.gauges.setdefault(name, {})
            for labels, value in gauges.items():
                mine[labels] = _merged(CATALOG[name].merge, mine.get(labels), value)
    return total


def add_counts(total: Metrics, report: Metrics, sign: float = 1.0) -> None:
    """Add what `report` counts to `total`, or with a negative `sign` take it away."""
    for name, numbers in report.counters.items():
        mine = total.counters.setdefault(name, {})
        for labels, value in numbers.items():
            key = _bounded(mine, labels)
            mine[key] = mine.get(key, 0.0) + sign * value
    for name, buckets in report.histograms.items():
        theirs = total.histograms.setdefault(name, {})
        for labels, counts in buckets.items():
            key = _bounded(theirs, labels)
            before = theirs.get(key) or [0.0] * len(counts)
            theirs[key] = [old + sign * new for old, new in zip(before, counts, strict=True)]


def _merged(how: Merge, old: float | None, new: float) -> float:
    if old is None:
        return new
    if how is Merge.SUM:
        return old + new
    return max(old, new) if how is Merge.MOST else min(old, new)


def _bounded(series: Mapping[Labels, object], labels: Labels) -> Labels:
    if labels in series or len(series) < MOST_MERGED:
        return labels
    return (OTHER,) * len(labels)


def _pairs(numbers: Mapping[str, Mapping[Labels, Any]]) -> dict[str, list[tuple[Labels, Any]]]:
    return {name: list(series.items()) for name, series in numbers.items()}
