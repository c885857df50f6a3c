from turnout.interfaces.simulator.allowance import Allowance, Allowances, Standing
from turnout.interfaces.simulator.profile import Profile

LIMITED = Profile(requests_per_window=3, tokens_per_window=100, window_seconds=10.0)


def test_without_limits_there_is_nothing_to_tell() -> None:
    assert Allowance().take(Profile(), 50, 0.0) is None


def test_requests_and_tokens_count_down() -> None:
    allowance = Allowance()
    assert allowance.take(LIMITED, 40, 5.0) == Standing(
        requests_limit=3,
        requests_left=2,
        tokens_limit=100,
        tokens_left=60,
        reset_seconds=10.0,
        now_seconds=5.0,
    )
    later = allowance.take(LIMITED, 60, 9.5)
    assert later is not None
    assert (later.requests_left, later.tokens_left, later.reset_seconds) == (1, 0, 5.5)
    assert (later.exceeded, later.wait_seconds) == (False, 6)


def test_what_does_not_fit_is_not_taken() -> None:
    allowance = Allowance()
    allowance.take(LIMITED, 90, 0.0)
    refused, fitting = allowance.take(LIMITED, 20, 1.0), allowance.take(LIMITED, 10, 1.0)
    assert refused is not None
    assert fitting is not None
    assert (refused.exceeded, refused.tokens_left, refused.requests_left) == (True, 10, 2)
    assert (fitting.exceeded, fitting.tokens_left, fitting.requests_left) == (False, 0, 1)


def test_a_new_window_has_all_again() -> None:
    allowance = Allowance()
    for _ in range(4):
        last = allowance.take(LIMITED, 1, 0.0)
    assert last is not None
    assert last.exceeded
    fresh = allowance.take(LIMITED, 1, 10.0)
    assert fresh is not None
    assert (fresh.exceeded, fresh.requests_left, fresh.reset_seconds) == (False, 2, 10.0)


def test_one_limit_alone() -> None:
    standing = Allowance().take(Profile(requests_per_window=1), 10**9, 0.0)
    assert standing is not None
    assert (standing.exceeded, standing.tokens_limit, standing.tokens_left) == (False, None, 0)


def test_each_key_has_windows_of_its_own() -> None:
    profile, allowances = Profile(requests_per_window=1), Allowances()
    told = [allowances.of(key).take(profile, 1, 0.0) for key in ("a", "a", "b")]
    assert [one is not None and one.exceeded for one in told] == [False, True, False]
    allowances.clear()
    fresh = allowances.of("a").take(profile, 1, 0.0)
    assert fresh is not None
    assert not fresh.exceeded
