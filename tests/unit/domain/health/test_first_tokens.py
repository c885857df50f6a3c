from math import ceil

from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from turnout.domain.health.first_tokens import FEWEST, REMEMBERED, FirstTokens

WAITS = st.lists(st.floats(0.001, 100), max_size=400)


def seen(*waits: float) -> FirstTokens:
    tokens = FirstTokens()
    for wait in waits:
        tokens.saw(wait)
    return tokens


def test_of_too_few_nothing_is_said() -> None:
    few = seen(*[0.2] * (FEWEST - 1))
    assert few.p95() is None
    assert few.strain(1.0) is None


def test_nineteen_of_twenty_stay_within() -> None:
    assert seen(*map(float, range(1, 101))).p95() == 95.0


@given(WAITS)
def test_the_quantile_is_one_of_the_latest_and_at_most_a_few_waits_old(waits: list[float]) -> None:
    tokens, quantiles = FirstTokens(), []
    for count, wait in enumerate(waits, start=1):
        tokens.saw(wait)
        latest = sorted(waits[max(0, count - REMEMBERED) : count])
        quantiles.append(latest[ceil(0.95 * len(latest)) - 1])
        said = tokens.p95()
        assert (said is None) == (count < FEWEST)
        assert said is None or said in quantiles[-8:]


@given(WAITS.filter(bool))
def test_the_usual_wait_is_within_those_seen(waits: list[float]) -> None:
    tokens = seen(*waits)
    assert min(waits) - 1e-9 <= tokens.usual_seconds <= max(waits) + 1e-9


def test_the_usual_wait_follows_slowly() -> None:
    tokens = seen(*[0.1] * 1000, *[1.0] * 20)
    assert tokens.usual_seconds < 0.2
    assert tokens.strain(1.0) == approx(1.0 / tokens.usual_seconds)


def test_an_answer_without_a_wait_strains_nobody() -> None:
    assert seen(*[0.0] * 50).strain(1.0) is None
