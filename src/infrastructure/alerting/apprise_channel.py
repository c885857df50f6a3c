"""Notices by the apprise library: Slack, Teams, Discord, PagerDuty, e-mail and many more."""

import logging

from turnout.application.ports.alerting import NotDelivered
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Severity
from turnout.infrastructure.alerting.wording import text_of, title_of

# It writes addresses and answers into its log, and they hold tokens.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


async def notify(address: str, notice: Notice) -> None:
    """Send a notice to one of apprise's URLs. Raises NotDelivered."""
    import apprise  # half a second, and most gateways never need it

    kinds = {
        NoticeKind.RESOLVED: apprise.NotifyType.SUCCESS,
        NoticeKind.TEST: apprise.NotifyType.INFO,
    }
    usual = (
        apprise.NotifyType.FAILURE
        if notice.severity is Severity.PAGE
        else apprise.NotifyType.WARNING
    )
    messenger = apprise.Apprise()
    if not messenger.add(address):
        raise NotDelivered("apprise cannot read the channel's url")
    arrived = await messenger.async_notify(
        title=title_of(notice), body=text_of(notice), notify_type=kinds.get(notice.kind, usual)
    )
    if not arrived:
        raise NotDelivered("the receiver did not take it, or could not be reached")
