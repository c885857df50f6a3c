import pytest

from turnout.domain.routing.headroom import Bucket, Headroom
from turnout.infrastructure.transport.rate_limits import WINDOW_SECONDS, read_headroom

CAME_AT = 1_787_150_000.0  # 2026-08-19T14:33:20Z


def read(headers: dict[str, str], age_seconds: float = 0.0) -> Headroom | None:
    return read_headroom(headers, age_seconds, lambda: CAME_AT + age_seconds)


def test_openais_form() -> None:
    headers = {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": "4999",
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-limit-tokens": "800000",
        "x-ratelimit-remaining-tokens": "799980",
        "x-ratelimit-reset-tokens": "1m2.5s",
    }
    assert read(headers) == Headroom(Bucket(5000, 4999, 0.012), Bucket(800000, 799980, 62.5))


def test_anthropics_form_where_the_least_counts() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "4000",
        "anthropic-ratelimit-requests-remaining": "3999",
        "anthropic-ratelimit-requests-reset": "2026-08-19T14:33:50Z",
        "anthropic-ratelimit-input-tokens-limit": "2000000",
        "anthropic-ratelimit-input-tokens-remaining": "2000000",
        "anthropic-ratelimit-input-tokens-reset": "2026-08-19T14:33:20Z",
        "anthropic-ratelimit-output-tokens-limit": "400000",
        "anthropic-ratelimit-output-tokens-remaining": "100000",
        "anthropic-ratelimit-output-tokens-reset": "2026-08-19T14:34:20Z",
    }
    expected = Headroom(Bucket(4000, 3999, 30.0), Bucket(400000, 100000, 60.0))
    assert read(headers) == expected
    assert read(headers, age_seconds=500.0) == expected


@pytest.mark.parametrize("name", ["req", "requests"])
def test_limits_by_the_minute_without_a_reset(name: str) -> None:
    headers = {
        f"x-ratelimit-limit-{name}-minute": "100",
        f"x-ratelimit-remaining-{name}-minute": "98",
        "x-ratelimit-limit-tokens-minute": "2000000",
        "x-ratelimit-remaining-tokens-minute": "1000000",
    }
    expected = Bucket(100, 98, WINDOW_SECONDS), Bucket(2000000, 1000000, WINDOW_SECONDS)
    assert read(headers) == Headroom(*expected)


def test_a_limit_without_a_kind_is_on_requests_and_a_burst_may_go_beyond_it() -> None:
    headers = {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "19", "x-ratelimit-reset": "2"}
    assert read(headers) == Headroom(Bucket(19, 19, 2.0))


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("0", 0.0),
        ("7.66s", 7.66),
        ("1h2m3.4s", 3723.4),
        ("2d", 86_400.0),
        ("1787150010", 10.0),
        ("1787150010000", 10.0),
        ("1787140000", 0.0),
        ("2026-08-19T14:33:19Z", 0.0),
        ("soon", WINDOW_SECONDS),
        ("", WINDOW_SECONDS),
    ],
)
def test_resets_are_durations_or_moments(reset: str, seconds: float) -> None:
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset}
    found = read(headers)
    assert found is not None
    assert found.requests is not None
    assert (found.requests.limit, found.requests.remaining) == (1.0, 0.0)
    assert found.requests.full_in_seconds == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["X-RATELIMIT-REMAINING-XXX", "-1", "nan", "inf", ""])
def test_what_makes_no_sense_tells_nothing(value: str) -> None:
    assert read({"x-ratelimit-remaining-requests": value}) is None
    assert read({}) is None
