"""Reads the operator's file for whoever starts something from it."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from turnout.bootstrap.plane_settings import (
    CacheSettings,
    ControlSettings,
    LedgerSettings,
    OidcSettings,
    PlaneSettings,
    SecretSettings,
    SharedStateSettings,
    TlsSettings,
    UpstreamSettings,
)
from turnout.bootstrap.telling_settings import LogSettings, TraceSettings
from turnout.infrastructure.config.declaration import KnownVendor
from turnout.infrastructure.config.faults import ConfigurationFaults
from turnout.infrastructure.config.loader import ConfigurationLoader, LoadedConfiguration
from turnout.infrastructure.config.schema import Control
from turnout.infrastructure.config.tls_sections import ListenerTls
from turnout.infrastructure.discovery import discover_vendors
from turnout.infrastructure.persistence.store_link import StoreLimits
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration


def load(path: Path) -> LoadedConfiguration:
    """Load and check the file at `path`. Raises BadConfiguration."""
    try:
        return ConfigurationLoader(known_vendors(), os.environ, today()).load(path)
    except ConfigurationFaults as bad:
        raise BadConfiguration(str(fault) for fault in bad.faults) from None


def known_vendors() -> dict[str, KnownVendor]:
    """Return what each vendor's name implies."""
    return {
        vendor.name: KnownVendor(vendor.name, vendor.protocol, vendor.base_url, vendor.key_variable)
        for vendor in discover_vendors().values()
    }


def store_url(loaded: LoadedConfiguration, path: Path) -> str:
    """Return where configuration is stored: `database.url`, or a file beside the configuration."""
    beside = path.absolute().with_name(f"{path.stem}.db")
    return loaded.settings.database.url or f"sqlite:///{beside}"


def plane_settings(loaded: LoadedConfiguration, path: Path, database_url: str) -> PlaneSettings:
    """Return the data plane's settings as the file at `path` has them."""
    server, upstream = loaded.settings.server, loaded.settings.upstream
    return PlaneSettings(
        database_url=database_url,
        host=server.host,
        port=server.port,
        workers=server.workers,
        max_body_bytes=server.max_body_bytes,
        head_seconds=server.head_seconds,
        body_seconds=server.body_seconds,
        drain_seconds=server.drain_seconds,
        heartbeat_seconds=server.heartbeat_seconds,
        logs=LogSettings(**loaded.settings.logging.model_dump()),
        traces=TraceSettings(**loaded.settings.telemetry.traces.model_dump()),
        tls=tls_settings(server.tls),
        upstream=UpstreamSettings(
            engine=upstream.engine,
            ca_file=upstream.ca_file,
            http2=upstream.http2,
            max_idle_connections=upstream.max_idle_connections,
            keepalive_seconds=upstream.keepalive_seconds,
        ),
        cache=CacheSettings(**loaded.settings.cache.model_dump()),
        database=StoreLimits(**loaded.settings.database.model_dump(exclude={"url"})),
        shared_state=SharedStateSettings(**loaded.settings.shared_state.model_dump()),
        control=_control(loaded.settings.control),
        ledger=_ledger(loaded, path),
        secrets=SecretSettings(**loaded.settings.secrets.model_dump()),
        limits=loaded.settings.limits.rules(),
        access_keys=tuple(server.access_keys),
        admin_token=server.admin_token,
        keys_without_store_seconds=server.keys_without_store_seconds,
        literal_secrets=loaded.literal_secrets,
    )


def tls_settings(said: ListenerTls | None) -> TlsSettings | None:
    """Return what a plane shows to those who connect, None where it speaks without TLS."""
    return None if said is None else TlsSettings(**said.model_dump())


def _ledger(loaded: LoadedConfiguration, path: Path) -> LedgerSettings:
    said = loaded.settings.ledger.model_dump()
    beside = path.absolute().with_name(f"{path.stem}.dead-letters.jsonl")
    return LedgerSettings(**{**said, "dead_letters": said["dead_letters"] or str(beside)})


def _control(said: Control) -> ControlSettings:
    oidc = None if said.oidc is None else OidcSettings(**said.oidc.model_dump())
    return ControlSettings(public_url=said.public_url, metrics_token=said.metrics_token, oidc=oidc)


def today() -> date:
    """Return the day in UTC, which decides prices."""
    return datetime.fromtimestamp(SystemClock().epoch_seconds(), UTC).date()
