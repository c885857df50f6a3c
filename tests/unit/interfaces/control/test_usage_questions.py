from datetime import UTC, datetime, timedelta

import pytest

from turnout.interfaces.control.usage_questions import AttemptsWanted, Narrowed


@pytest.mark.parametrize(
    "text, moment",
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T13:00:00+01:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_moments_are_so_long_ago_or_have_a_time_zone(
    text: str, moment: timedelta | datetime
) -> None:
    assert Narrowed.model_validate({"since": text}).since == moment


def test_a_cursor_is_a_place() -> None:
    assert AttemptsWanted.model_validate({"before": "17-3"}).place() == (17, 3)
