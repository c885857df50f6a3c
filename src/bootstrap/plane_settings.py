"""What a plane's process must know: plain values, handed over by the supervisor through a pipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from turnout.bootstrap.telling_settings import LogSettings, TraceSettings
from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules
from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.store_link import StoreLimits


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """The files of `server.tls` or `server.control_tls`."""

    cert_file: str
    key_file: str
    client_ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """How providers are reached; seconds and counts as in `upstream:` of the file."""

    engine: str = "http1"
    ca_file: str | None = None
    http2: bool = False
    max_idle_connections: int = 256
    keepalive_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """What `cache:` of the file says; the room is each worker's own."""

    enabled: bool = False
    single_flight: bool = True
    only_deterministic: bool = True
    ttl_seconds: float = 300.0
    max_bytes: int = 64 * 1024 * 1024
    max_entries: int = 10_000
    store: str = "memory"
    single_flight_shared: bool = False


@dataclass(frozen=True, slots=True)
class SharedStateSettings:
    """What `shared_state:` of the file says; there is none without a URL."""

    url: str | None = field(default=None, repr=False)
    key_prefix: str = "turnout"
    timeout_milliseconds: int = 50


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """What `ledger:` of the file says; `dead_letters` is a path."""

    enabled: bool = False
    flush_seconds: float = 1.0
    attempts_days: float = 30.0
    minutes_days: float = 3.0
    hours_days: float = 100.0
    dead_letters: str = "turnout.dead-letters.jsonl"


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """What `control.oidc` of the file says."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    audience: str | None = None
    groups_claim: str = "groups"
    name_claim: str = "sub"
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    roles: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """What `control:` of the file says; `is_local`: nobody else can reach the control plane, or
    the operator takes it upon themselves. `data_plane_url` is that of the one started along."""

    is_local: bool = True
    public_url: str | None = None
    metrics_token: str | None = field(default=None, repr=False)
    oidc: OidcSettings | None = None
    data_plane_url: str | None = None
    allow_private_providers: bool = True
    """Whether providers that are set over the API may have addresses of private networks."""


@dataclass(frozen=True, slots=True)
class SecretSettings:
    """What `secrets:` of the file says."""

    refresh_seconds: float = 60.0
    timeout_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class PlaneSettings:
    """One plane's settings.

    `access_keys`, `admin_token`, `literal_secrets`, `master_key`, `digest_key` and the OpenID
    client's secret are secrets.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    max_body_bytes: int = 32 * 1024 * 1024
    head_seconds: float = 30.0
    body_seconds: float = 120.0
    drain_seconds: float = 30.0
    heartbeat_seconds: float = 15.0
    logs: LogSettings = field(default_factory=LogSettings)
    traces: TraceSettings = field(default_factory=TraceSettings)
    tls: TlsSettings | None = None
    upstream: UpstreamSettings = UpstreamSettings()
    cache: CacheSettings = CacheSettings()
    shared_state: SharedStateSettings = SharedStateSettings()
    database: StoreLimits = field(default_factory=StoreLimits)
    control: ControlSettings = ControlSettings()
    ledger: LedgerSettings = LedgerSettings()
    secrets: SecretSettings = SecretSettings()
    limits: LimitRules = NO_LIMITS
    access_keys: tuple[str, ...] = field(default=(), repr=False)
    admin_token: str | None = field(default=None, repr=False)
    starting_document: str | None = field(default=None, repr=False)
    """What to serve until an empty store has been filled."""
    literal_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    master_key: bytes | None = field(default=None, repr=False)
    """None where nothing needs one: in a gateway within somebody's own process."""
    digest_key: bytes | None = field(default=None, repr=False)
    """What digests of access keys are made with, None where it is derived from the master key."""
    keys_without_store_seconds: float = 86400.0

    def to_json(self) -> bytes:
        """Write for the pipe."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, text: bytes) -> "PlaneSettings":
        """Read from the pipe. Raises msgspec.ValidationError."""
        return msgspec.json.decode(text, type=cls)
