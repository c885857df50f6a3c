import pytest

from turnout.bootstrap.engines import engine_maker
from turnout.bootstrap.plane_settings import UpstreamSettings
from turnout.domain.catalog.connecting import Connecting
from turnout.infrastructure.transport.http1_engine import Http1Engine
from turnout.infrastructure.transport.httpx_engine import HttpxEngine
from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine


@pytest.mark.parametrize(
    "name, kind",
    [("http1", Http1Engine), ("httpx", HttpxEngine), ("pyreqwest", PyreqwestEngine)],
)
async def test_the_settings_name_the_engine(name: str, kind: type) -> None:
    engine = engine_maker(UpstreamSettings(engine=name))(2.5, Connecting())
    assert isinstance(engine, kind)
    await engine.close()


@pytest.mark.parametrize("http2", [False, True])
async def test_public_addresses_alone_need_an_engine_that_can_tell(http2: bool) -> None:
    make = engine_maker(UpstreamSettings(engine="pyreqwest", http2=http2))
    engine = make(2.5, Connecting(public_only=True))
    assert isinstance(engine, Http1Engine)
    await engine.close()
