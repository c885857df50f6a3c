from dataclasses import replace
from datetime import timedelta

from tests.support.statuses import APPLIED, gateway_status

from turnout.interfaces.cli.status_actions import ReloadError

CONFIGURATION = gateway_status().configuration


def test_an_error_that_was_mended_is_none() -> None:
    before = ReloadError(APPLIED - timedelta(seconds=1), ["no"])
    after = ReloadError(APPLIED + timedelta(seconds=1), ["no"])
    assert CONFIGURATION.faults == []
    assert replace(CONFIGURATION, last_error=before).faults == []
    assert replace(CONFIGURATION, last_error=after).faults == ["no"]
    assert replace(CONFIGURATION, last_error=before, applied_at=None).faults == ["no"]
