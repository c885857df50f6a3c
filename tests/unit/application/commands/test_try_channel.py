import pytest
from tests.fakes.alerting import FakePostman
from tests.fakes.system import CountingIds, FrozenClock

from turnout.application.commands.try_channel import TryChannel, TryChannelHandler
from turnout.application.ports.alerting import AlertSettings, Channel, ChannelKind, NotDelivered
from turnout.domain.alerting.book import NoticeKind
from turnout.domain.shared.errors import DomainError


async def test_a_test_notice_is_sent_at_once() -> None:
    postman = FakePostman()
    channels = {name: Channel(ChannelKind.APPRISE, name) for name in ("chat", "broken")}
    settings = AlertSettings(channels=channels)
    attempt = TryChannelHandler(postman, lambda: settings, CountingIds(), FrozenClock())
    await attempt(TryChannel("chat"))
    ((address, outgoing),) = postman.sent
    assert (address, outgoing.id, outgoing.notice.kind) == ("chat", "test:1", NoticeKind.TEST)
    with pytest.raises(NotDelivered):
        await attempt(TryChannel("broken"))
    with pytest.raises(DomainError, match="did you mean 'chat'"):
        await attempt(TryChannel("chatt"))
