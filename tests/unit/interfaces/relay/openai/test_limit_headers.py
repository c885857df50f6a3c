import pytest

from turnout.domain.inference.metering import Remaining
from turnout.interfaces.relay.openai.limit_headers import headers_of, limit_headers


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0ms"), (0.0264, "26ms"), (1.0, "1s"), (59.9594, "59.959s"), (123.0, "2m3s")],
)
def test_times_are_written_as_clients_read_them(seconds: float, told: str) -> None:
    headers = dict(limit_headers(Remaining(3, 2, seconds), None))
    assert headers == {
        "x-ratelimit-limit-requests": "3",
        "x-ratelimit-remaining-requests": "2",
        "x-ratelimit-reset-requests": told,
    }


def test_what_is_not_limited_is_not_told() -> None:
    assert headers_of(None) == []
    assert [name for name, _ in limit_headers(None, Remaining(1, 1, 0.0))] == [
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
    ]
