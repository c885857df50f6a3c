"""AccessLog: one line per request that has ended, where that is wanted."""

import logging
from collections.abc import Callable, Sequence

from turnout.application.ports.request_log import RequestRecord
from turnout.infrastructure.telemetry.joining import Joined

OFF, ERRORS, ALL = "off", "errors", "all"
_LONGEST_MODEL = 200
_log = logging.getLogger("turnout.access")


class AccessLog:
    """Logs no requests, those that failed, or all of them; `share` of the good ones, by `roll`.

    Both may change at any time.
    """

    def __init__(self, roll: Callable[[], float], which: str = OFF, share: float = 1.0) -> None:
        self._roll = roll
        self.which = which
        self.share = share

    async def __call__(self, ended: Sequence[Joined]) -> None:
        """Log what is wanted of `ended`."""
        if self.which == OFF or not _log.isEnabledFor(logging.INFO):
            return
        for request, _, is_late in ended:
            if not is_late and self._wants(request):
                _log.info("request", extra=fields_of(request))

    def _wants(self, request: RequestRecord) -> bool:
        if request.status >= 400:
            return True
        return self.which == ALL and (self.share >= 1.0 or self._roll() < self.share)


def fields_of(request: RequestRecord) -> dict[str, object]:
    """Return what a line says of `request`; durations are milliseconds."""
    grant = request.grant
    fields: dict[str, object] = {
        "request_id": request.request,
        "operation": request.operation,
        "status": request.status,
        "milliseconds": round(request.seconds * 1000.0, 2),
        "asked_model": request.asked_model[:_LONGEST_MODEL],
        "streamed": request.streamed,
    }
    told: dict[str, object] = {
        "error": request.error,
        "route": request.route,
        "provider": request.provider,
        "model": request.model,
        "attempts": request.attempts,
        "cache": request.cache,
        "rescued": request.rescued,
        "hedged": request.hedged,
        "key_name": None if grant is None else grant.key_name,
        "team": None if grant is None else grant.team,
        "trace_id": None if request.trace is None else request.trace.trace,
    }
    fields.update((name, value) for name, value in told.items() if value)
    for name, seconds in (
        ("first_byte_milliseconds", request.first_byte_seconds),
        ("overhead_milliseconds", request.overhead_seconds),
    ):
        if seconds is not None:
            fields[name] = round(seconds * 1000.0, 2)
    return fields
