"""Which HTTP engine carries relayed traffic."""

from collections.abc import Callable

from turnout.bootstrap.plane_settings import UpstreamSettings
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine

EngineMaker = Callable[[float], HttpEngine]
"""Makes an engine with a time limit in seconds on connecting."""


def engine_maker(upstream: UpstreamSettings) -> EngineMaker:
    """Return the maker of engines for `upstream.engine`: `http1`, `pyreqwest` or `httpx`."""

    def make(connect_timeout_seconds: float) -> HttpEngine:
        options = EngineOptions(
            connect_timeout_seconds=connect_timeout_seconds,
            max_idle_connections_per_host=upstream.max_idle_connections,
            keepalive_seconds=upstream.keepalive_seconds,
            ca_file=upstream.ca_file,
            http2=upstream.http2,
        )
        if upstream.engine == "http1":
            from turnout.infrastructure.transport.http1_engine import Http1Engine

            return Http1Engine(options)
        if upstream.engine == "pyreqwest":
            from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine

            return PyreqwestEngine(options)
        from turnout.infrastructure.transport.httpx_engine import HttpxEngine

        return HttpxEngine(options)

    return make
