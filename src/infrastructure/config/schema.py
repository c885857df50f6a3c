"""The shape of `turnout.yaml`. Field descriptions say what is expected, for people."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from turnout.domain.governance.roles import Role
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.routing_policy import Strategy
from turnout.infrastructure.config.alert_sections import Alerts
from turnout.infrastructure.config.limit_sections import Limits
from turnout.infrastructure.config.rule_sections import (
    CircuitSettings,
    ConcurrencySettings,
    Hedge,
    ProbeSettings,
    StickySettings,
)
from turnout.infrastructure.config.section import (
    Number,
    Seconds,
    Section,
    Whole,
    mapping_of,
    no_bool,
)
from turnout.infrastructure.config.store_sections import Database, SharedState
from turnout.infrastructure.config.telemetry_sections import Logging, Telemetry
from turnout.infrastructure.config.tls_sections import ListenerTls, ProviderTls

Port = Annotated[int, BeforeValidator(no_bool), Field(ge=0, le=65535)]
Dollars = Annotated[Decimal, BeforeValidator(no_bool), Field(ge=0)]


class Metadata(Section):
    """What this file is."""

    version: str = "1.0.0"
    environment: str = Field(default="development", pattern=r"^[A-Za-z0-9_-]+$")
    name: str = "turnout"


class Server(Section):
    """How Turnout listens. Port 0 takes a free port."""

    host: str = "127.0.0.1"
    port: Port = 8080
    control_host: str = "127.0.0.1"
    control_port: Port = 8081
    workers: Whole = 1
    access_keys: list[str] = []
    admin_token: str | None = None
    master_key: str | None = None
    keys_without_store_seconds: Number = 86400.0
    max_body_bytes: Whole = 32 * 1024 * 1024
    head_seconds: Number = 30.0
    body_seconds: Number = 120.0
    drain_seconds: Number = 30.0
    heartbeat_seconds: Seconds = 15.0
    tls: ListenerTls | None = None
    control_tls: ListenerTls | None = None
    allow_private_providers: bool | None = None


class Oidc(Section):
    """An OpenID provider that vouches for people; `roles` are those of its groups, first match."""

    issuer: str = Field(pattern=r"^https?://")
    client_id: str = Field(min_length=1)
    client_secret: str | None = None
    audience: str | None = None
    groups_claim: str = Field(default="groups", min_length=1)
    name_claim: str = Field(default="sub", min_length=1)
    scopes: list[str] = ["openid", "profile", "email"]
    roles: dict[str, Role] = {}


class Control(Section):
    """How administrators reach the control plane, and who vouches for them."""

    public_url: str | None = Field(default=None, pattern=r"^https?://")
    metrics_token: str | None = Field(default=None, min_length=16)
    oidc: Oidc | None = None


class TimeoutLimits(Section):
    """Seconds; what is not given comes from `upstream.timeouts`, then from the defaults."""

    connect_seconds: Number | None = None
    first_token_seconds: Number | None = None
    between_tokens_seconds: Number | None = None
    total_seconds: Number | None = None


class ModelTimeoutLimits(Section):
    """Seconds; what is not given comes from the provider's `timeouts`."""

    first_token_seconds: Number | None = None
    between_tokens_seconds: Number | None = None
    total_seconds: Number | None = None


class Upstream(Section):
    """How Turnout talks to providers."""

    engine: Literal["http1", "pyreqwest", "httpx"] = "http1"
    ca_file: str | None = None
    http2: bool = False
    max_idle_connections: Whole = 256
    keepalive_seconds: Number = 60.0
    timeouts: TimeoutLimits = TimeoutLimits()
    circuit: CircuitSettings = CircuitSettings()
    probe: ProbeSettings = ProbeSettings()
    concurrency: ConcurrencySettings = ConcurrencySettings()

    @model_validator(mode="after")
    def _carries_http2(self) -> "Upstream":
        if self.http2 and self.engine != "pyreqwest":
            raise ValueError("the engine pyreqwest together with http2")
        return self


class Cache(Section):
    """Which answers are kept and shared; `max_bytes` and `max_entries` are for each worker."""

    enabled: bool = False
    single_flight: bool = True
    only_deterministic: bool = True
    ttl_seconds: Number = 300.0
    max_bytes: Whole = 64 * 1024 * 1024
    max_entries: Whole = 10_000
    store: Literal["memory", "shared"] = "memory"
    single_flight_shared: bool = False


class Ledger(Section):
    """Where every attempt is written down, and for how long it is kept; all of it is in the store.

    What the store refuses goes to the file `dead_letters`, beside this one when not given.
    """

    enabled: bool = True
    flush_seconds: Number = 1.0
    attempts_days: Number = 30.0
    minutes_days: Number = 3.0
    hours_days: Number = 100.0
    dead_letters: str | None = None


class Secrets(Section):
    """How secret managers are asked."""

    refresh_seconds: Number = 60.0
    timeout_seconds: Number = 5.0


class ModelPrice(Section):
    """US dollars per million tokens."""

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None


class Model(Section):
    """A model of a provider. Capabilities are added to what is known; `-name` takes one away."""

    name: str = Field(min_length=1)
    upstream: str | None = Field(default=None, min_length=1)
    aliases: list[str] = []
    capabilities: list[str] = []
    context_window: Whole | None = None
    max_output_tokens: Whole | None = None
    price: ModelPrice | None = None
    timeouts: ModelTimeoutLimits = ModelTimeoutLimits()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return mapping_of(value, str, "name", "a model's name, or a mapping with name")


class ProviderEntry(Section):
    """A provider. A known vendor implies its protocol, base URL and key variable."""

    enabled: bool = True
    vendor: str | None = None
    protocol: WireProtocol | None = None
    base_url: str | None = None
    api_key: str | None = None
    api_keys: list[Annotated[str, Field(min_length=1)]] = []
    models: list[Model] = Field(min_length=1)
    weight: Whole = 1
    priority: Annotated[int, BeforeValidator(no_bool)] = 100
    headers: dict[str, str] = {}
    options: dict[str, str] = {}
    timeouts: TimeoutLimits = TimeoutLimits()
    circuit: CircuitSettings = CircuitSettings()
    probe: ProbeSettings = ProbeSettings()
    concurrency: ConcurrencySettings = ConcurrencySettings()
    tls: ProviderTls = ProviderTls()


class ChainTarget(Section):
    """A step of a chain within a tier."""

    target: str = Field(min_length=1)
    weight: Whole = 1

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return mapping_of(value, str, "target", "a target, or a mapping with target")


class ChainCache(Section):
    """What a chain says itself of the cache; what is not given comes from `cache`."""

    enabled: bool | None = None
    single_flight: bool | None = None
    only_deterministic: bool | None = None
    ttl_seconds: Number | None = None


class ChainEntry(Section):
    """A chain with tiers; a plain list of targets is short for one tier each."""

    tiers: list[Annotated[list[ChainTarget], Field(min_length=1)]] = Field(min_length=1)
    strategy: Strategy = Strategy.WEIGHTED
    deadline_seconds: Number | None = None
    max_attempts: Whole | None = None
    on: list[FailureKind] | None = None
    rescue: bool = True
    cache: ChainCache | None = None
    sticky: StickySettings | None = None
    hedge: Hedge = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        tiers = [[target] for target in value] if isinstance(value, list) else value
        return mapping_of(tiers, list, "tiers", "a list of targets, or a mapping with tiers")


class Settings(Section):
    """The whole file."""

    metadata: Metadata = Metadata()
    server: Server = Server()
    control: Control = Control()
    upstream: Upstream = Upstream()
    cache: Cache = Cache()
    database: Database = Database()
    shared_state: SharedState = SharedState()
    ledger: Ledger = Ledger()
    limits: Limits = Limits()
    secrets: Secrets = Secrets()
    logging: Logging = Logging()
    telemetry: Telemetry = Telemetry()
    alerts: Alerts = Alerts()
    ai_providers: dict[str, ProviderEntry] = {}
    fallback_chains: dict[str, ChainEntry] = {}
