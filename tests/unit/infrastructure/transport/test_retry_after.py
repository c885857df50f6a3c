"""Retry-After in all the forms that are sent, and in those that should not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.infrastructure.transport.retry_after import LONGEST_SECONDS, retry_after_seconds

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


def asked(**headers: str) -> float | None:
    given_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return retry_after_seconds(given_headers, lambda: NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.25", 0.25),
        ("86400", 86_400.0),
        ("999999999", LONGEST_SECONDS),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:13:50 +0000", 30.0),
        ("Tue, 14 Nov 2023 22:13:50 -0000", 30.0),
        ("Tue, 14 Nov 2023 22:13:10 GMT", 0.0),
        ("Tue, 14 Nov 2099 22:13:10 GMT", LONGEST_SECONDS),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Tue, 99 Nov 2023", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert asked(retry_after=value) == seconds


def test_nothing_asked() -> None:
    assert asked() is None


def test_milliseconds_are_more_exact_and_come_first() -> None:
    assert asked(retry_after_ms="1500", retry_after="2") == 1.5
    assert asked(retry_after_ms="soon", retry_after="2") == 2.0
    assert asked(retry_after_ms="-5") is None


@given(st.text())
def test_anything_else_is_read_without_harm(value: str) -> None:
    seconds = asked(retry_after=value)
    assert seconds is None or 0 <= seconds <= LONGEST_SECONDS
