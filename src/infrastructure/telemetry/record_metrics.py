"""What records of attempts and requests come to in metrics."""

from turnout.application.ports.request_log import RequestRecord
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.shared.money import NANOS
from turnout.infrastructure.telemetry import catalog
from turnout.infrastructure.telemetry.metric import Labels, Metrics


def note_request(metrics: Metrics, request: RequestRecord) -> None:
    """Count a request that has ended."""
    operation, route = request.operation, request.route
    metrics.add(catalog.REQUESTS, (operation, route, str(request.status)))
    metrics.observe(catalog.REQUEST_SECONDS, (operation, route), request.seconds)
    if request.first_byte_seconds is not None:
        metrics.observe(catalog.FIRST_BYTE_SECONDS, (operation, route), request.first_byte_seconds)
    if request.overhead_seconds is not None:
        metrics.observe(catalog.OVERHEAD_SECONDS, (operation,), request.overhead_seconds)
    if request.cache:
        metrics.add(catalog.CACHE, (route, request.cache))
    answered_later = request.attempts > 1 + request.hedged + request.rescued
    if answered_later and request.first_byte_seconds is not None:
        metrics.add(catalog.FALLBACKS, (route,))
    if request.rescued:
        metrics.add(catalog.RESCUES, (route,), request.rescued)
    if request.hedged:
        metrics.add(catalog.HEDGES, (route,))


def note_attempt(metrics: Metrics, attempt: AttemptRecord) -> None:
    """Count an attempt that has ended; what took none is counted as a request alone."""
    if attempt.number == 0:
        return
    place = (attempt.provider, attempt.model)
    metrics.add(catalog.ATTEMPTS, (*place, attempt.outcome.value))
    if attempt.failure is not None:
        metrics.add(catalog.FAILURES, (*place, attempt.failure.value))
    cost = attempt.cost_nanos
    if cost is None:
        metrics.add(catalog.UNPRICED, place)
    elif attempt.usage is not None:
        metrics.add(catalog.COST, place, cost / NANOS)


def note_generation(metrics: Metrics, attempt: AttemptRecord, operation: str) -> None:
    """Count an attempt in OpenTelemetry's terms, which need to know of what `operation` it is."""
    if attempt.number == 0:
        return
    labels = (operation, attempt.provider, attempt.model)
    error = "" if attempt.failure is None else attempt.failure.value
    metrics.observe(catalog.PROVIDER_SECONDS, (*labels, error), attempt.seconds)
    if attempt.first_token_seconds is not None:
        metrics.observe(catalog.FIRST_TOKEN_SECONDS, labels, attempt.first_token_seconds)
    _note_tokens(metrics, attempt, labels)


def _note_tokens(metrics: Metrics, attempt: AttemptRecord, labels: Labels) -> None:
    usage, first = attempt.usage, attempt.first_token_seconds
    if usage is None:
        return
    metrics.observe(catalog.TOKEN_USAGE, (*labels, "input"), usage.input_tokens)
    metrics.observe(catalog.TOKEN_USAGE, (*labels, "output"), usage.output_tokens)
    if (
        attempt.outcome is AttemptOutcome.COMPLETED
        and first is not None
        and usage.output_tokens > 1
    ):
        each = (attempt.seconds - first) / (usage.output_tokens - 1)
        metrics.observe(catalog.PER_TOKEN_SECONDS, labels, each)
