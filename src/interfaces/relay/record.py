"""What is written down of an exchange that is over."""

from turnout.application.ports.request_log import RequestRecord
from turnout.application.relay.answers import RelayFailed
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.exchange import Exchange


def record_of(exchange: Exchange, now: float) -> RequestRecord:
    """Return the record of a relayed request that ended at `now` of the monotonic clock."""
    taken, rescuers = exchange.taken, exchange.rescuers
    route, provider, model, attempts = _way(exchange)
    return RequestRecord(
        request=(exchange.request_id or RequestId("")) if taken is None else taken.request_id,
        ended_seconds=now,
        seconds=exchange.passed_seconds(now),
        operation=exchange.operation,
        streamed=exchange.streamed,
        asked_model=exchange.asked_model,
        route=route,
        grant=exchange.grant,
        provider=rescuers[-1] if rescuers else provider,
        model=model,
        status=exchange.status,
        error=exchange.error,
        attempts=attempts + len(rescuers),
        first_byte_seconds=exchange.first_byte_seconds,
        overhead_seconds=exchange.overhead_seconds,
        cache="" if taken is None else taken.cache.value,
        rescued=len(rescuers),
        hedged=taken is not None and taken.hedged,
        trace=exchange.trace,
    )


def _way(exchange: Exchange) -> tuple[str, str, str, int]:
    """Return route, provider, model and the number of attempts, as far as the request came."""
    taken, failure = exchange.taken, exchange.failure
    if taken is not None:
        return taken.route, taken.provider, taken.model, taken.attempts
    if not isinstance(failure, RelayFailed):
        return "", "", "", 0
    last = failure.attempted[-1] if failure.attempted else ""
    provider, _, model = last.partition("/")
    return failure.route, provider, model.partition("#")[0], len(failure.attempted)
