"""Provider: one configured account or server, and the models deployed there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.credential import shown_credential
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.events import ProviderRegistered, ProviderRetired, ProviderRevised
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.events import Recorder
from turnout.domain.shared.ids import ProviderId

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
"""What a provider or chain may be called: no slash, since `provider/model` is an address."""

BEYOND = {WireProtocol.ANTHROPIC_MESSAGES: frozenset({Capability.EMBEDDINGS})}
"""What a protocol cannot carry."""

_FORBIDDEN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """All that the operator says of a provider.

    `vendor` is the name of a known vendor or "" for a server known by its protocol alone.
    `credential` is a reference (`${VAR}`, `file:...`), never the secret itself; None means that the
    server asks for none. `further_credentials` are those of other accounts there, each with limits
    and health of its own. A lower `priority` is tried first; `weight` is the share among equals.
    `options` are the vendor's own (`api_version`, `project`, `location`).
    """

    vendor: str
    protocol: WireProtocol
    base_url: str
    credential: str | None = None
    enabled: bool = True
    weight: int = 1
    priority: int = 100
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    timeouts: Timeouts = Timeouts()
    deployments: tuple[Deployment, ...] = ()
    further_credentials: tuple[str, ...] = ()
    circuit: CircuitLimits = CircuitLimits()
    probe: ProbeRules = ProbeRules()
    concurrency: ConcurrencyRules = ConcurrencyRules()
    connecting: Connecting = Connecting()

    @property
    def credentials(self) -> tuple[str, ...]:
        """Every account's reference, the first one's first; none where the server asks for none."""
        first = () if self.credential is None else (self.credential,)
        return first + self.further_credentials


@dataclass(slots=True, eq=False)
class Provider(Recorder):
    """Aggregate root. It refuses settings that could not work; see `_check` for the rules."""

    id: ProviderId
    settings: ProviderSettings

    @classmethod
    def register(cls, id: ProviderId, settings: ProviderSettings) -> "Provider":
        """Make a provider known. Raises DomainError `provider.*`."""
        _check(id, settings)
        provider = cls(id, settings)
        provider.record(ProviderRegistered(id))
        return provider

    def revise(self, settings: ProviderSettings) -> tuple[str, ...]:
        """Take new settings whole, or none of them; return the names of those that changed.

        Raises DomainError `provider.*`.
        """
        _check(self.id, settings)
        changed = tuple(
            f.name
            for f in fields(settings)
            if getattr(settings, f.name) != getattr(self.settings, f.name)
        )
        if changed:
            self.settings = settings
            self.record(ProviderRevised(self.id, changed))
        return changed

    def enable(self, enabled: bool) -> None:
        """Let requests reach this provider, or keep them away."""
        self.revise(replace(self.settings, enabled=enabled))

    def retire(self) -> None:
        """Take leave. Which chains still name this provider is the caller's question."""
        self.record(ProviderRetired(self.id))

    @property
    def accounts(self) -> range:
        """The numbers of the accounts: one for each credential, one alone where none is asked."""
        return range(1, max(1, len(self.settings.credentials)) + 1)

    def deployment(self, name: str) -> Deployment | None:
        """Return the deployment called `name`, by model or alias."""
        return next((d for d in self.settings.deployments if name in d.names), None)


def _check(id: ProviderId, settings: ProviderSettings) -> None:
    if not NAME.fullmatch(id):
        raise DomainError(
            "provider.name",
            f"provider name {id!r}: expected letters, digits, '_', '-' or '.', at most 63, "
            "starting with a letter or digit",
        )
    if not re.match(r"https?://[^/\s]+", settings.base_url):
        raise DomainError(
            "provider.base_url",
            f"{id}: base_url is {settings.base_url!r}, expected an http:// or https:// address",
        )
    if settings.weight < 1:
        raise DomainError("provider.weight", f"{id}: weight is {settings.weight}, expected >= 1")
    for name in settings.headers:
        if name.lower() in _FORBIDDEN_HEADERS:
            raise DomainError("provider.header", f"{id}: header {name!r} is set by the transport")
    _check_credentials(id, settings)
    _check_deployments(id, settings)


def _check_credentials(id: ProviderId, settings: ProviderSettings) -> None:
    if settings.further_credentials and settings.credential is None:
        raise DomainError(
            "provider.credentials", f"{id}: further credentials, expected a first one before them"
        )
    for place, credential in enumerate(settings.credentials):
        if credential in settings.credentials[:place]:
            raise DomainError(
                "provider.duplicate_credential",
                f"{id}: {shown_credential(credential)} is named twice, expected once",
            )


def _check_deployments(id: ProviderId, settings: ProviderSettings) -> None:
    taken: set[str] = set()
    for deployment in settings.deployments:
        if deployment.provider != id:
            raise DomainError(
                "provider.foreign_deployment", f"{deployment.id} does not belong to {id}"
            )
        for name in deployment.names:
            if name in taken:
                raise DomainError("provider.duplicate_model", f"{id}: {name!r} is named twice")
            taken.add(name)
        beyond = deployment.capabilities & BEYOND.get(settings.protocol, frozenset())
        if beyond:
            words = ", ".join(sorted(beyond))
            raise DomainError(
                "provider.beyond_protocol",
                f"{deployment.id}: {settings.protocol} cannot carry {words}",
            )
