"""One line per request, where that is wanted."""

import logging

import pytest
from tests.support.requests import request_record

from turnout.infrastructure.telemetry.access_log import AccessLog, fields_of
from turnout.infrastructure.telemetry.joining import Joined


async def lines(
    caplog: pytest.LogCaptureFixture, log: AccessLog, *statuses: int, is_late: bool = False
) -> list[int]:
    caplog.set_level(logging.INFO, "turnout.access")
    caplog.clear()
    await log([Joined(request_record(status=status), [], is_late) for status in statuses])
    return [int(vars(record)["status"]) for record in caplog.records]


async def test_what_is_logged_is_decided_anew_each_time(caplog: pytest.LogCaptureFixture) -> None:
    log = AccessLog(lambda: 0.5)
    assert await lines(caplog, log, 200, 500) == []
    log.which = "errors"
    assert await lines(caplog, log, 200, 404, 499, 502) == [404, 499, 502]
    log.which = "all"
    assert await lines(caplog, log, 200, 502) == [200, 502]
    log.share = 0.4
    assert await lines(caplog, log, 200, 502) == [502]
    log.share = 0.6
    assert await lines(caplog, log, 200, 502) == [200, 502]


async def test_a_late_attempt_is_no_line(caplog: pytest.LogCaptureFixture) -> None:
    assert await lines(caplog, AccessLog(lambda: 0.0, "all"), 200, is_late=True) == []


def test_a_line_has_what_is_known() -> None:
    fields = fields_of(request_record(asked_model="m" * 1000, error=None))
    assert fields["milliseconds"] == 2000.0
    assert fields["first_byte_milliseconds"] == 500.0
    assert (fields["key_name"], fields["team"]) == ("ci", "research")
    assert len(str(fields["asked_model"])) == 200
    assert not {"error", "rescued", "hedged", "trace_id"} & set(fields)
