"""Names as Prometheus wants them."""

import re

from turnout.infrastructure.telemetry.catalog import CATALOG
from turnout.infrastructure.telemetry.metric import Kind

_NAME = re.compile(r"(turnout|gen_ai)_[a-z_]+")


def test_names_and_kinds_go_together() -> None:
    for name, metric in CATALOG.items():
        assert _NAME.fullmatch(name), name
        assert name.endswith("_total") is (metric.kind is Kind.COUNTER), name
        assert bool(metric.buckets) is (metric.kind is Kind.HISTOGRAM), name
        assert list(metric.buckets) == sorted(set(metric.buckets)), name
        assert metric.help.endswith("."), name


def test_the_names_of_opentelemetry_are_there() -> None:
    assert {
        "gen_ai_client_token_usage",
        "gen_ai_server_request_duration_seconds",
        "gen_ai_server_time_to_first_token_seconds",
        "gen_ai_server_time_per_output_token_seconds",
    } <= set(CATALOG)
