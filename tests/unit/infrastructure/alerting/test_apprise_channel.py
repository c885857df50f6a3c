"""The apprise library, to a real receiver."""

import logging

import pytest
from tests.support.hook import Receiver
from tests.support.turnout_process import free_port

from turnout.application.ports.alerting import NotDelivered
from turnout.domain.alerting.alert import Finding, found
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Rule, RuleName, Severity
from turnout.infrastructure.alerting.apprise_channel import notify

NOTICE = Notice(NoticeKind.TEST, "a", Severity.WARNING, 1.0, ())


async def test_a_notice_arrives_with_its_title_and_kind() -> None:
    async with Receiver().serving() as receiver:
        await notify(f"json://127.0.0.1:{receiver.port}/hook", NOTICE)
        (one,) = await receiver.until(bool)
    assert one.said["title"].startswith("[TEST]")
    assert (one.said["message"], one.said["type"]) == (
        "A test notice: nothing is the matter.",
        "info",
    )


async def test_a_page_is_a_failure_and_its_end_a_success() -> None:
    finding = Finding(RuleName.LATENCY, "a/m", "a", "slow")
    alerts = (found(None, finding, Rule(Severity.PAGE), 1.0),)
    page = Notice(NoticeKind.FIRING, "a", Severity.PAGE, 1.0, alerts)
    over = Notice(NoticeKind.RESOLVED, "a", Severity.PAGE, 1.0, alerts)
    async with Receiver().serving() as receiver:
        for notice in (page, over):
            await notify(f"json://127.0.0.1:{receiver.port}/", notice)
        received = await receiver.until(lambda received: len(received) == 2)
    assert [each.said["type"] for each in received] == ["failure", "success"]


async def test_who_is_not_there_gets_nothing_and_no_secret_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotDelivered) as problem:
        await notify(f"json://user:planted@127.0.0.1:{free_port()}/", NOTICE)
    assert "planted" not in str(problem.value) + caplog.text


async def test_an_address_that_apprise_does_not_know_is_told() -> None:
    with pytest.raises(NotDelivered, match="cannot read"):
        await notify("planted://x", NOTICE)
