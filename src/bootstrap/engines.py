"""Which HTTP engine carries relayed traffic."""

from collections.abc import Callable

from turnout.bootstrap.plane_settings import UpstreamSettings
from turnout.domain.catalog.connecting import Connecting
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine

EngineMaker = Callable[[float, Connecting], HttpEngine]
"""Makes an engine with a time limit in seconds on connecting, and what else a provider says."""


def engine_maker(upstream: UpstreamSettings) -> EngineMaker:
    """Return the maker of engines for `upstream.engine`: `http1`, `pyreqwest` or `httpx`.

    Where only public addresses may be connected to it is never pyreqwest, which cannot do that.
    """

    def make(connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        options = EngineOptions(
            connect_timeout_seconds=connect_timeout_seconds,
            max_idle_connections_per_host=upstream.max_idle_connections,
            keepalive_seconds=upstream.keepalive_seconds,
            ca_file=connecting.ca_file or upstream.ca_file,
            client_cert_file=connecting.client_cert_file,
            client_key_file=connecting.client_key_file,
            public_only=connecting.public_only,
            http2=upstream.http2 and not connecting.public_only,
        )
        return _engine(upstream.engine, options)

    return make


def _engine(name: str, options: EngineOptions) -> HttpEngine:
    if name == "http1" or (name == "pyreqwest" and options.public_only):
        from turnout.infrastructure.transport.http1_engine import Http1Engine

        return Http1Engine(options)
    if name == "pyreqwest":
        from turnout.infrastructure.transport.pyreqwest_engine import PyreqwestEngine

        return PyreqwestEngine(options)
    from turnout.infrastructure.transport.httpx_engine import HttpxEngine

    return HttpxEngine(options)
