"""The text that Prometheus reads, over the life and death of processes."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from turnout.infrastructure.telemetry import catalog
from turnout.infrastructure.telemetry.exposition import FRESH_SECONDS, Row, exposition, fold, merged
from turnout.infrastructure.telemetry.metric import Metrics
from turnout.infrastructure.telemetry.report import written

NOW = 1000.0


def report(hedges: float, in_flight: float = 0.0) -> str:
    metrics = Metrics()
    metrics.total(catalog.HEDGES, {("main",): hedges})
    metrics.observe(catalog.OVERHEAD_SECONDS, ("chat",), 0.002)
    metrics.level(catalog.IN_FLIGHT, {(): in_flight})
    return written(metrics)


def hedges(rows: list[Row]) -> float:
    return sum(merged(rows, NOW).counters.get("turnout_hedges_total", {}).values())


def test_all_families_are_told_and_can_be_read() -> None:
    body, media_type = exposition([("w", NOW, report(2.0, 3.0), None)], NOW, "", "1.2.3")
    assert media_type.startswith("text/plain")
    families = {each.name: each for each in text_string_to_metric_families(body.decode())}
    assert {name.removesuffix("_total") for name in catalog.CATALOG} <= set(families)
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert samples[("turnout_hedges_total", "main")] == 2.0
    assert samples[("turnout_in_flight_requests",)] == 3.0
    assert samples[("turnout_build_info", "1.2.3")] == 1.0
    assert samples[("turnout_overhead_seconds_bucket", "0.0025", "chat")] == 1.0
    assert samples[("turnout_overhead_seconds_bucket", "0.001", "chat")] == 0.0
    assert samples[("turnout_overhead_seconds_count", "chat")] == 1.0


def test_openmetrics_is_told_to_who_asks_for_it() -> None:
    accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1"
    body, media_type = exposition([], NOW, accept, "1")
    assert media_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


def test_levels_of_the_silent_are_not_told_and_their_counts_are() -> None:
    rows = [("alive", NOW, report(1.0, 2.0), None), ("dead", 0.0, report(4.0, 8.0), None)]
    found = merged(rows, FRESH_SECONDS + NOW - 1.0)
    assert found.gauges["turnout_in_flight_requests"] == {(): 2.0}
    assert found.counters["turnout_hedges_total"] == {("main",): 5.0}


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans(), st.booleans()), max_size=8))
def test_folding_loses_nothing_and_counts_nothing_twice(
    steps: list[tuple[int, bool, bool]],
) -> None:
    """A process counts on, is taken for dead (and may not be), and is forgotten at times."""
    ended: str | None = None
    body, folded, counted, total = report(0.0), None, 0.0, 0.0
    for more, is_folded, is_new in steps:
        counted, total = counted + more, total + more
        body = report(counted)
        if is_folded:
            ended, folded = fold(ended, [(body, folded)]), body
            if is_new:
                body, folded, counted = report(0.0), None, 0.0
    rows: list[Row] = [("w", NOW, body, folded)]
    if ended is not None:
        rows.append(("", NOW, ended, None))
    assert hedges(rows) == total
