from tests.fakes.system import FrozenClock

from turnout.bootstrap.plane_settings import SharedStateSettings
from turnout.bootstrap.shared_state import shared_link


async def test_there_is_a_link_only_where_a_server_is_named() -> None:
    assert shared_link(SharedStateSettings(), FrozenClock()) is None
    named = SharedStateSettings("redis://127.0.0.1:1/0", key_prefix="mine")
    link = shared_link(named, FrozenClock())
    assert link is not None
    assert link.key("a") == "mine:a"
    await link.close()
