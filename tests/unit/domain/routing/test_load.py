import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.headroom import FULL, Bucket, Headroom
from turnout.domain.routing.load import (
    FAILURE_PLACES,
    FAILURE_SECONDS,
    FORGETTING_SECONDS,
    SETTLING_SECONDS,
    Load,
    PeakEwma,
)

NOW = 1000.0
BUSY = ProviderFailure(FailureKind.OVERLOADED, "")
LIMITED = ProviderFailure(FailureKind.RATE_LIMITED, "")
CALLERS_FAULT = ProviderFailure(FailureKind.BAD_REQUEST, "")


def answered(seconds: float) -> Load:
    load = Load()
    load.begin()
    load.complete(seconds, NOW, streamed=False)
    return load


def test_an_average_jumps_to_a_peak_and_comes_down_by_and_by() -> None:
    average = PeakEwma()
    average.see(1.0, NOW)
    average.see(5.0, NOW)
    assert average.at(NOW) == 5.0
    average.see(1.0, NOW + SETTLING_SECONDS)
    assert average.at(NOW + SETTLING_SECONDS) == pytest.approx(1.0 + 4.0 / 2.71828, rel=1e-4)


def test_an_average_that_nothing_renews_fades() -> None:
    average = PeakEwma()
    average.see(3.0, NOW)
    assert average.at(NOW + FORGETTING_SECONDS) == pytest.approx(3.0 / 2.71828, rel=1e-4)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1e4)), min_size=1))
def test_an_average_stays_between_nothing_and_the_highest_peak(
    seen: list[tuple[float, float]],
) -> None:
    average, now = PeakEwma(), NOW
    for seconds, passed in seen:
        now += passed
        average.see(seconds, now)
        assert 0.0 <= average.at(now) <= max(seconds for seconds, _ in seen)


def test_streams_count_to_their_first_token_and_whole_answers_to_their_end() -> None:
    load = answered(3.0)
    load.begin()
    load.commit(0.5, NOW)
    load.complete(60.0, NOW, streamed=True)
    assert load.slowness(NOW, streamed=True) == 0.5
    assert load.slowness(NOW, streamed=False) == 3.0


def test_requests_under_way_make_slower() -> None:
    load = answered(2.0)
    load.begin()
    assert load.slowness(NOW, streamed=False) == 4.0


def test_the_unknown_is_tried_by_one_at_a_time() -> None:
    load = Load()
    assert load.slowness(NOW, streamed=False) == 0.0
    load.begin()
    assert load.slowness(NOW, streamed=False) == 2 * FAILURE_SECONDS


@pytest.mark.parametrize("failure", [BUSY, LIMITED])
def test_who_fails_at_once_is_neither_quick_nor_idle_nor_free(failure: ProviderFailure) -> None:
    load = answered(0.1)
    load.begin()
    load.fail(failure, NOW)
    assert load.slowness(NOW, streamed=False) > FAILURE_SECONDS
    assert (load.in_flight, load.places(NOW)) == (0, FAILURE_PLACES)
    assert load.room(NOW, 1000) == FULL - 1.0
    later = NOW + 20 * SETTLING_SECONDS
    assert load.places(later) == pytest.approx(0.0, abs=1e-6)
    assert load.slowness(later, streamed=False) < 0.1


def test_what_the_caller_did_wrong_tells_nothing() -> None:
    load = answered(2.0)
    load.begin()
    load.fail(CALLERS_FAULT, NOW)
    assert (load.places(NOW), load.slowness(NOW, streamed=False)) == (0, 2.0)


@pytest.mark.parametrize(
    ("seconds", "began", "expected"), [(5.0, False, 5.0), (1.0, False, 2.0), (5.0, True, 2.0)]
)
def test_who_is_given_up_on_takes_at_least_as_long(
    seconds: float, began: bool, expected: float
) -> None:
    load = answered(2.0)
    load.begin()
    load.abandon(seconds, NOW, began=began)
    assert load.slowness(NOW, streamed=False) == expected
    assert load.in_flight == 0


def test_limits_are_read_once_and_only_when_somebody_asks() -> None:
    ages: list[float] = []

    def read(age_seconds: float) -> Headroom:
        ages.append(age_seconds)
        return Headroom(requests=Bucket(10, 5, 60))

    load = Load()
    load.hear(read, NOW)
    assert ages == []
    assert load.room(NOW + 2, 1000) == pytest.approx(FULL - 0.5 * 58 / 60)
    load.begin()
    assert load.room(NOW + 30, 1000) == pytest.approx(0.65)
    assert ages == [2.0]


def test_a_provider_that_tells_of_no_limit_is_full() -> None:
    load = Load()
    load.begin()
    load.hear(lambda _: None, NOW)
    assert load.room(NOW, 1000) == FULL


@given(st.lists(st.sampled_from(["completed", "failed", "abandoned"])))
def test_the_number_in_flight_comes_back_to_nothing(ends: list[str]) -> None:
    load = Load()
    for _ in ends:
        load.begin()
    for end in ends:
        if end == "completed":
            load.complete(1.0, NOW, streamed=True)
        elif end == "failed":
            load.fail(BUSY, NOW)
        else:
            load.abandon(1.0, NOW, began=False)
    assert load.in_flight == 0
