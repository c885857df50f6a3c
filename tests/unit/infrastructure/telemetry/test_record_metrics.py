"""What records come to."""

from dataclasses import replace

from tests.support.attempts import attempt_record
from tests.support.requests import request_record

from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.telemetry.metric import Metrics
from turnout.infrastructure.telemetry.record_metrics import (
    note_attempt,
    note_generation,
    note_request,
)


def test_a_request_counts_once_by_its_status() -> None:
    metrics = Metrics()
    note_request(metrics, request_record(status=200, cache="hit"))
    note_request(metrics, request_record(status=499))
    assert metrics.counters["turnout_requests_total"] == {
        ("chat", "default", "200"): 1.0,
        ("chat", "default", "499"): 1.0,
    }
    assert metrics.counters["turnout_cache_requests_total"][("default", "hit")] == 1.0
    assert metrics.histograms["turnout_request_duration_seconds"][("chat", "default")][-1] == 4.0
    assert metrics.histograms["turnout_overhead_seconds"][("chat",)][-1] == 0.02


def test_what_has_no_answer_has_no_first_byte() -> None:
    metrics = Metrics()
    record = request_record(status=502, attempts=2)
    record.first_byte_seconds = record.overhead_seconds = None
    note_request(metrics, record)
    assert "turnout_request_first_byte_seconds" not in metrics.histograms
    assert "turnout_fallbacks_total" not in metrics.counters


def test_fallbacks_rescues_and_hedges_are_told_apart() -> None:
    metrics = Metrics()
    note_request(metrics, request_record(attempts=2))
    note_request(metrics, request_record(attempts=2, hedged=True))
    note_request(metrics, request_record(attempts=3, rescued=2))
    assert metrics.counters["turnout_fallbacks_total"] == {("default",): 1.0}
    assert metrics.counters["turnout_hedges_total"] == {("default",): 1.0}
    assert metrics.counters["turnout_rescues_total"] == {("default",): 2.0}


def test_an_attempt_counts_by_its_end_and_cost() -> None:
    metrics = Metrics()
    note_attempt(metrics, attempt_record())
    failed = attempt_record(outcome=AttemptOutcome.FAILED, failure=FailureKind.TIMEOUT, usage=None)
    note_attempt(metrics, failed)
    assert metrics.counters["turnout_attempts_total"] == {
        ("a", "m", "completed"): 1.0,
        ("a", "m", "failed"): 1.0,
    }
    assert metrics.counters["turnout_attempt_failures_total"] == {("a", "m", "timeout"): 1.0}
    assert metrics.counters["turnout_cost_dollars_total"] == {("a", "m"): 0.0035}
    assert "turnout_unpriced_attempts_total" not in metrics.counters


def test_what_has_no_price_is_counted() -> None:
    metrics = Metrics()
    note_attempt(metrics, attempt_record(price=None))
    note_attempt(metrics, attempt_record(usage=None))
    assert metrics.counters["turnout_unpriced_attempts_total"] == {("a", "m"): 2.0}


def test_generation_is_told_in_opentelemetry_s_terms() -> None:
    metrics = Metrics()
    note_generation(metrics, attempt_record(), "chat")
    labels = ("chat", "a", "m")
    assert set(metrics.histograms["gen_ai_client_token_usage"]) == {
        (*labels, "input"),
        (*labels, "output"),
    }
    assert metrics.histograms["gen_ai_server_request_duration_seconds"][(*labels, "")][-1] == 1.5
    assert metrics.histograms["gen_ai_server_time_to_first_token_seconds"][labels][-1] == 0.5
    per_token = metrics.histograms["gen_ai_server_time_per_output_token_seconds"][labels][-1]
    assert abs(per_token - 1.0 / 99) < 1e-9


def test_what_took_no_attempt_is_no_generation() -> None:
    metrics = Metrics()
    for record in (attempt_record(0), replace(attempt_record(0), usage=None)):
        note_attempt(metrics, record)
        note_generation(metrics, record, "chat")
    assert (metrics.counters, metrics.histograms) == ({}, {})
