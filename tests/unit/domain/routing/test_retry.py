import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.retry import Backoff, Situation, wait_before_retry

BACKOFF = Backoff(first_seconds=0.1, longest_seconds=5)


def wait(
    kind: FailureKind,
    *,
    tries: int = 1,
    first: bool = True,
    elsewhere: bool = True,
    left: float = 60,
    retry_after: float | None = None,
) -> float | None:
    failure = ProviderFailure(kind, "x", retry_after_seconds=retry_after)
    return wait_before_retry(
        failure, Situation(tries, first, elsewhere, left), BACKOFF, lambda: 0.5
    )


@pytest.mark.parametrize("kind", [FailureKind.OVERLOADED, FailureKind.TRANSPORT])
def test_one_error_is_retried_on_the_primary_first_and_only_once(kind: FailureKind) -> None:
    assert wait(kind) == 0.05
    assert wait(kind, tries=2) is None
    assert wait(kind, first=False) is None


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_target_that_stayed_silent_is_not_retried(elsewhere: bool) -> None:
    assert wait(FailureKind.TIMEOUT, elsewhere=elsewhere) is None


def test_with_somewhere_else_to_go_nobody_waits_for_a_rate_limit() -> None:
    assert wait(FailureKind.RATE_LIMITED, retry_after=1) is None
    assert wait(FailureKind.OVERLOADED, retry_after=1) is None


def test_with_nowhere_else_what_the_provider_asks_for_is_kept_to() -> None:
    assert wait(FailureKind.RATE_LIMITED, elsewhere=False, retry_after=3) == 3
    assert wait(FailureKind.OVERLOADED, elsewhere=False, tries=3) == 0.2


def test_a_wait_beyond_the_deadline_is_no_use() -> None:
    assert wait(FailureKind.RATE_LIMITED, elsewhere=False, left=5, retry_after=6) is None


def test_a_long_wait_is_the_callers_to_take() -> None:
    assert wait(FailureKind.RATE_LIMITED, elsewhere=False, left=600, retry_after=21) is None


@pytest.mark.parametrize(
    "kind", [FailureKind.BAD_REQUEST, FailureKind.AUTH, FailureKind.CONTEXT_TOO_LONG]
)
def test_what_will_not_pass_is_not_waited_for(kind: FailureKind) -> None:
    assert wait(kind, elsewhere=False) is None


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_longer_than_the_longest(tries: int, roll: float) -> None:
    assert 0 <= BACKOFF.wait_seconds(tries, lambda: roll) <= 5
