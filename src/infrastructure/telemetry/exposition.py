"""The metrics of the whole installation, in Prometheus's and OpenMetrics's text formats."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.core import (
    Metric as Family,
)
from prometheus_client.exposition import choose_encoder

from turnout.infrastructure.telemetry.catalog import BUILD, CATALOG
from turnout.infrastructure.telemetry.metric import Kind, Labels, Metric, Metrics
from turnout.infrastructure.telemetry.report import add_counts, merge, read, written

FRESH_SECONDS = 15.0
"""Levels of a process that has been silent for longer are not told any more."""

Row = tuple[str, float, str, str | None]
"""A process's name, when it reported, its report, and what of it is folded into the sum of those
that have ended, whose name is "": see SqlReports."""


def exposition(rows: Iterable[Row], now: float, accept: str, version: str) -> tuple[bytes, str]:
    """Return the text, and its media type, that suits the header `accept` best."""
    total = merged(rows, now)
    total.level(BUILD, {(version,): 1.0})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(total))
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


def merged(rows: Iterable[Row], now: float) -> Metrics:
    """Return what the reports come to."""
    return merge(_counted(row, now) for row in rows)


def fold(ended: str | None, silent: Sequence[tuple[str, str | None]]) -> str:
    """See persistence's Fold."""
    total = Metrics()
    if ended is not None:
        add_counts(total, read(ended))
    for body, folded in silent:
        add_counts(total, read(body))
        if folded is not None:
            add_counts(total, read(folded), -1.0)
    return written(total)


def _counted(row: Row, now: float) -> Metrics:
    _, at, body, folded = row
    metrics = read(body)
    if folded is not None:
        add_counts(metrics, read(folded), -1.0)
    if at < now - FRESH_SECONDS:
        metrics.gauges = {}
    return metrics


class _Collected:
    """A collector of prometheus_client's."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Family]:
        """Yield all families, by name; those without a series too, so that queries find them."""
        for name, metric in sorted(CATALOG.items()):
            if metric.kind is Kind.COUNTER:
                yield _counter(metric, self._metrics.counters.get(name, {}))
            elif metric.kind is Kind.GAUGE:
                yield _gauge(metric, self._metrics.gauges.get(name, {}))
            else:
                yield _histogram(metric, self._metrics.histograms.get(name, {}))


def _counter(metric: Metric, series: Mapping[Labels, float]) -> Family:
    family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in series.items():
        family.add_metric(labels, value)
    return family


def _gauge(metric: Metric, series: Mapping[Labels, float]) -> Family:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in series.items():
        family.add_metric(labels, value)
    return family


def _histogram(metric: Metric, series: Mapping[Labels, Sequence[float]]) -> Family:
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    bounds = [*(str(float(bound)) for bound in metric.buckets), "+Inf"]
    for labels, (*counts, total) in series.items():
        family.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), total)
    return family
