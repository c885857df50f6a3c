import pytest

from turnout.domain.inference.sharing import CacheStatus, CacheWish


@pytest.mark.parametrize(
    ("max_age", "age", "accepted"),
    [(None, 1e9, True), (0, 0, False), (5, 4.9, True), (5, 5, False)],
)
def test_only_what_is_younger_will_do(max_age: float | None, age: float, accepted: bool) -> None:
    assert CacheWish(max_age_seconds=max_age).accepts(age) is accepted


def test_the_words_are_those_of_the_header() -> None:
    assert [status.value for status in CacheStatus] == ["hit", "miss", "shared", "bypass"]
