from tests.fakes.system import FrozenClock

from turnout.application.ports.signals import Topic
from turnout.bootstrap.plane_settings import SharedStateSettings
from turnout.bootstrap.shared_state import shared_link
from turnout.bootstrap.signalling import Silence, signalling
from turnout.infrastructure.valkey.signals import ValkeySignals


async def test_a_gateway_on_its_own_calls_out_to_nobody() -> None:
    heard: list[int] = []
    alone = signalling(SharedStateSettings(), None)
    assert isinstance(alone, Silence)
    alone.hear(Topic.STORE, lambda: heard.append(1))
    await alone.start()
    alone.send(Topic.STORE)
    await alone.stop()
    assert heard == []


async def test_replicas_call_out_over_their_server() -> None:
    settings = SharedStateSettings("redis://127.0.0.1:1/0")
    link = shared_link(settings, FrozenClock())
    assert link is not None
    assert isinstance(signalling(settings, link), ValkeySignals)
    await link.close()
