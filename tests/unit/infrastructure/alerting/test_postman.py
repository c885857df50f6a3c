"""Each notice goes along its channel's way, with secrets as they are now."""

from collections.abc import AsyncIterator

import pytest
from tests.fakes.system import FrozenClock
from tests.support.hook import Receiver

from turnout.application.ports.alerting import Channel, ChannelKind, NotDelivered, Outgoing
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Severity
from turnout.infrastructure.alerting.postman import ChannelPostman
from turnout.infrastructure.alerting.webhook import signature
from turnout.infrastructure.secrets.references import ReferencedSecrets
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.http1_engine import Http1Engine

OUTGOING = Outgoing("test:1", "hook", Notice(NoticeKind.TEST, "a", Severity.PAGE, 1.0, ()))
ENVIRON = {"SECRET": "first"}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as receiver:
        yield receiver


@pytest.fixture
async def postman() -> AsyncIterator[ChannelPostman]:
    secrets = ReferencedSecrets(ENVIRON, {})
    postman = ChannelPostman(secrets, Http1Engine(EngineOptions()), FrozenClock())
    yield postman
    await postman.close()


async def test_references_are_looked_up_each_time(
    postman: ChannelPostman, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Channel(ChannelKind.WEBHOOK, receiver.url, "${SECRET}")
    await postman.send(channel, OUTGOING)
    monkeypatch.setitem(ENVIRON, "SECRET", "second")
    await postman.send(channel, OUTGOING)
    received = await receiver.until(lambda received: len(received) == 2)
    for secret, one in zip(("first", "second"), received, strict=True):
        expected = signature(secret, one.headers["x-turnout-timestamp"], one.body)
        assert one.headers["x-turnout-signature"] == expected


async def test_apprise_takes_what_is_no_webhook(
    postman: ChannelPostman, receiver: Receiver
) -> None:
    address = f"json://127.0.0.1:{receiver.port}/"
    await postman.send(Channel(ChannelKind.APPRISE, address), OUTGOING)
    (one,) = await receiver.until(bool)
    assert one.said["title"].startswith("[TEST]")


async def test_a_secret_that_is_missing_is_told_by_its_name(postman: ChannelPostman) -> None:
    with pytest.raises(NotDelivered, match="PLANTED is not set"):
        await postman.send(Channel(ChannelKind.APPRISE, "${PLANTED}"), OUTGOING)
