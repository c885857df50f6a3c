import asyncio
from dataclasses import replace

import pytest
from tests.fakes.clients import FakeLedger
from tests.fakes.system import CountingIds, FrozenClock
from tests.support.gateways import deployment
from tests.support.sharing import USAGE
from tests.unit.application.relay.test_kept_answers import TAKEN, a_call

from turnout.application.ports.response_cache import CachedAnswer
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.answers import NoRoom, RelayFailed, UnknownModel
from turnout.application.relay.sharers import Sharers
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.shared.ids import RequestId

LATE = ProviderFailure(FailureKind.TIMEOUT, "late")


def the_sharers() -> tuple[Sharers, FrozenClock, FakeLedger]:
    clock, ledger = FrozenClock(), FakeLedger()
    return Sharers(clock, CountingIds(), ledger), clock, ledger


def test_a_hit_is_told_and_written_down() -> None:
    sharers, clock, ledger = the_sharers()
    clock.move(0.25)
    kept = CachedAnswer(b"", "whole", None, USAGE, "a", "m", ("n",), 0.0)
    taken = sharers.hit(a_call(), kept, 12.0)
    assert (taken.request_id, taken.route, taken.provider) == ("req_1", "default", "a")
    assert (taken.attempts, taken.cache, taken.age_seconds) == (0, CacheStatus.HIT, 12.0)
    (record,) = ledger.records
    assert (record.outcome, record.deployment) == (AttemptOutcome.CACHED, "a/m")
    assert (record.seconds, record.first_token_seconds, record.usage) == (0.25, 0.0, USAGE)


def test_who_shares_has_a_name_of_its_own_and_waited_for_itself() -> None:
    sharers, clock, ledger = the_sharers()
    clock.move(2)
    taken = sharers.told(a_call(), TAKEN, CacheStatus.SHARED)
    changed = replace(TAKEN, request_id=taken.request_id, waited_seconds=2, cache=taken.cache)
    assert taken == changed
    assert taken.cache is CacheStatus.SHARED
    sharers.record(a_call(), taken, USAGE)
    (record,) = ledger.records
    assert (record.outcome, record.number, record.usage) == (AttemptOutcome.SHARED, 0, USAGE)


def test_who_began_it_keeps_its_name_and_has_its_attempts_written_down_elsewhere() -> None:
    sharers, clock, ledger = the_sharers()
    clock.move(2)
    taken = sharers.told(a_call(), TAKEN, CacheStatus.MISS)
    assert taken == replace(TAKEN, cache=CacheStatus.MISS)
    sharers.record(a_call(), taken, USAGE)
    assert ledger.records == []


def test_a_flight_that_failed_is_written_down_for_each_who_shared_it() -> None:
    sharers, clock, ledger = the_sharers()
    clock.move(2)
    failures = (
        ProviderFailure(FailureKind.TIMEOUT, "late"),
        ProviderFailure(FailureKind.OVERLOADED, "busy", status=503),
    )
    error = RelayFailed(RequestId("req_9"), "default", failures, ("a/m", "b/org/m#2"))
    sharers.failed(a_call(), CacheStatus.SHARED, error)
    (record,) = ledger.records
    assert (record.request, record.outcome, record.number) == ("req_1", AttemptOutcome.FAILED, 0)
    assert (record.provider, record.model, record.route) == ("b", "org/m", "default")
    assert (record.failure, record.status, record.seconds) == (FailureKind.OVERLOADED, 503, 2)


def test_who_shared_a_call_that_found_no_room_is_written_down_too() -> None:
    sharers, _, ledger = the_sharers()
    plan = RoutePlan("default", (PlannedTarget(deployment("b"), 0, "b"),), ())
    sharers.failed(a_call(), CacheStatus.SHARED, NoRoom(RequestId("r"), plan, 1, rate_limited=True))
    (record,) = ledger.records
    assert (record.deployment, record.outcome, record.number) == ("b/m", AttemptOutcome.SHED, 0)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (CacheStatus.MISS, RelayFailed(RequestId("req_9"), "default", (LATE,), ("a/m",))),
        (CacheStatus.SHARED, RelayFailed(RequestId("req_9"), "default", (LATE,), ())),
        (CacheStatus.SHARED, UnknownModel(RequestId("req_9"), "m", ())),
    ],
)
def test_no_attempt_no_record(status: CacheStatus, error: Exception) -> None:
    sharers, _, ledger = the_sharers()
    sharers.failed(a_call(), status, error)
    assert ledger.records == []


def test_a_stream_that_broke_is_written_down_as_failed() -> None:
    sharers, _, ledger = the_sharers()
    taken = sharers.told(a_call(), TAKEN, CacheStatus.SHARED)
    sharers.record(a_call(), taken, USAGE, LATE)
    sharers.record(a_call(), taken, None, asyncio.CancelledError())
    broken, left = ledger.records
    assert (broken.outcome, broken.failure) == (AttemptOutcome.FAILED, FailureKind.TIMEOUT)
    assert (left.outcome, left.failure) == (AttemptOutcome.SHARED, None)
