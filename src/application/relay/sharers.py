"""Sharers: what a request that took no attempt of its own is told, and what is written of it."""

from dataclasses import dataclass

from turnout.application.ports.response_cache import CachedAnswer
from turnout.application.ports.system import Clock, IdSource
from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord, UsageLedger
from turnout.application.relay.answers import NoRoom, RelayFailed, RouteTaken
from turnout.application.relay.shared_call import SharedCall
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import ProviderId, deployment_id


@dataclass(frozen=True, slots=True)
class Sharers:
    """Names them, and puts one record of each into the ledger."""

    clock: Clock
    ids: IdSource
    ledger: UsageLedger

    def hit(self, call: SharedCall, kept: CachedAnswer, age_seconds: float) -> RouteTaken:
        """Return the way of an answer that was in the cache, and write it down."""
        taken = RouteTaken(
            request_id=call.request.id or self.ids.next_request(),
            route=call.route.name,
            provider=kept.provider,
            model=kept.model,
            attempts=0,
            waited_seconds=0.0,
            dropped=kept.dropped,
            cache=CacheStatus.HIT,
            age_seconds=age_seconds,
        )
        self._record(call, taken, AttemptOutcome.CACHED, kept.usage)
        return taken

    def told(self, call: SharedCall, taken: RouteTaken, status: CacheStatus) -> RouteTaken:
        """Return the way of an answer from a flight as it is told to one of its passengers."""
        request_id, waited_seconds = taken.request_id, taken.waited_seconds
        if status is CacheStatus.SHARED:
            request_id = call.request.id or self.ids.next_request()
            waited_seconds = self.clock.monotonic_seconds() - call.began_seconds
        # `replace` of dataclasses would take three times as long.
        return RouteTaken(
            request_id,
            taken.route,
            taken.provider,
            taken.model,
            taken.attempts,
            waited_seconds,
            taken.dropped,
            status,
        )

    def record(
        self,
        call: SharedCall,
        taken: RouteTaken,
        usage: TokenUsage | None,
        broken_by: BaseException | None = None,
    ) -> None:
        """Write down the request of a passenger, unless it is the one whose attempt it was.

        `broken_by` is what its answer broke off by; that everybody has left is no fault.
        """
        if taken.cache is not CacheStatus.SHARED:
            return
        if isinstance(broken_by, Exception):
            failure = broken_by if isinstance(broken_by, ProviderFailure) else None
            self._record(call, taken, AttemptOutcome.FAILED, usage, failure)
        else:
            self._record(call, taken, AttemptOutcome.SHARED, usage)

    def failed(self, call: SharedCall, status: CacheStatus, error: Exception) -> None:
        """Write down the request of a passenger whose flight failed before an answer began.

        The last attempt stands for all, as in what the caller is told; where all were full, the
        first choice. An error before any choice leaves no record, as for a request alone.
        """
        if status is not CacheStatus.SHARED:
            return
        if isinstance(error, RelayFailed) and error.attempted:
            taken = self._in_vain(call, error.attempted[-1])
            self._record(call, taken, AttemptOutcome.FAILED, None, error.failures[-1])
        elif isinstance(error, NoRoom):
            taken = self._in_vain(call, error.plan.targets[0].id)
            self._record(call, taken, AttemptOutcome.SHED, None)

    def _in_vain(self, call: SharedCall, deployment: str) -> RouteTaken:
        provider, _, model = deployment.partition("/")
        return RouteTaken(
            request_id=call.request.id or self.ids.next_request(),
            route=call.route.name,
            provider=provider,
            model=model.partition("#")[0],
            attempts=0,
            waited_seconds=self.clock.monotonic_seconds() - call.began_seconds,
            cache=CacheStatus.SHARED,
        )

    def _record(
        self,
        call: SharedCall,
        taken: RouteTaken,
        outcome: AttemptOutcome,
        usage: TokenUsage | None,
        failure: ProviderFailure | None = None,
    ) -> None:
        now = self.clock.monotonic_seconds()
        deployment = call.route.deployment(taken.provider, taken.model)
        self.ledger.put(
            AttemptRecord(
                request=taken.request_id,
                route=taken.route,
                grant=call.grant,
                deployment=deployment_id(ProviderId(taken.provider), taken.model),
                provider=taken.provider,
                model=taken.model,
                price=None if deployment is None else deployment.price,
                number=0,
                outcome=outcome,
                failure=None if failure is None else failure.kind,
                status=None if failure is None else failure.status,
                ended_seconds=now,
                seconds=now - call.began_seconds,
                first_token_seconds=taken.waited_seconds,
                usage=usage,
            )
        )
