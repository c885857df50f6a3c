"""Metrics of one process, as plain numbers: they are added up and told elsewhere."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Labels = tuple[str, ...]

MOST_SERIES = 500
"""Of one metric in one process: what comes after that many is called OTHER."""
OTHER = "other"


class Kind(StrEnum):
    """What a metric is, in Prometheus's words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merge(StrEnum):
    """What the gauges of several processes come to."""

    SUM = "sum"
    MOST = "most"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; `buckets` are a histogram's upper bounds, without the infinite one.

    A counter's name ends in `_total`, as it is told.
    """

    name: str
    kind: Kind
    help: str
    labels: Labels = ()
    buckets: tuple[float, ...] = ()
    merge: Merge = Merge.SUM


class Metrics:
    """Counts, distributions and levels, by the values of their labels.

    `counters` and `gauges` are numbers; a histogram is the counts of its buckets, of the infinite
    one too, and then the sum of what was seen.
    """

    __slots__ = ("counters", "gauges", "histograms")

    def __init__(self) -> None:
        self.counters: dict[str, dict[Labels, float]] = {}
        self.gauges: dict[str, dict[Labels, float]] = {}
        self.histograms: dict[str, dict[Labels, list[float]]] = {}

    def add(self, metric: Metric, labels: Labels = (), amount: float = 1.0) -> None:
        """Raise a counter."""
        try:
            self.counters[metric.name][labels] += amount
        except KeyError:
            series = self.counters.setdefault(metric.name, {})
            labels = _bounded(series, labels)
            series[labels] = series.get(labels, 0.0) + amount

    def observe(self, metric: Metric, labels: Labels, value: float) -> None:
        """Put `value` into a histogram."""
        try:
            counts = self.histograms[metric.name][labels]
        except KeyError:
            series = self.histograms.setdefault(metric.name, {})
            empty = [0.0] * (len(metric.buckets) + 2)
            counts = series.setdefault(_bounded(series, labels), empty)
        counts[bisect_left(metric.buckets, value)] += 1.0
        counts[-1] += value

    def level(self, metric: Metric, values: Mapping[Labels, float]) -> None:
        """Set all series of a gauge."""
        self.gauges[metric.name] = _capped(values)

    def total(self, metric: Metric, values: Mapping[Labels, float]) -> None:
        """Set all series of a counter that is counted elsewhere."""
        self.counters[metric.name] = _capped(values)


def _bounded(series: Mapping[Labels, object], labels: Labels) -> Labels:
    return labels if len(series) < MOST_SERIES else (OTHER,) * len(labels)


def _capped(values: Mapping[Labels, float]) -> dict[Labels, float]:
    found: dict[Labels, float] = {}
    for labels, value in values.items():
        bounded = _bounded(found, labels)
        found[bounded] = found.get(bounded, 0.0) + value
    return found


def by_name(metrics: Sequence[Metric]) -> dict[str, Metric]:
    """Return `metrics` by their names."""
    return {metric.name: metric for metric in metrics}
