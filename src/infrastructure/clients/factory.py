"""VendorClientFactory: from a provider's settings and its secret to clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from weakref import WeakSet

from turnout.application.ports.provider_client import ProviderClients
from turnout.domain.catalog.connecting import Connecting
from turnout.domain.catalog.provider import Provider
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.access import Access, access_to
from turnout.infrastructure.clients.chat import VendorChat
from turnout.infrastructure.clients.embeddings import VendorEmbeddings
from turnout.infrastructure.clients.probe import Reach, VendorProbe
from turnout.infrastructure.clients.vendor import UNKNOWN_VENDORS, Vendor
from turnout.infrastructure.protocols import anthropic_messages, gemini, openai_chat
from turnout.infrastructure.protocols.codec import Codec
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine
from turnout.infrastructure.transport.reach import reach

CODECS: Mapping[WireProtocol, Codec] = {
    WireProtocol.OPENAI_CHAT: openai_chat.CODEC,
    WireProtocol.ANTHROPIC_MESSAGES: anthropic_messages.CODEC,
    WireProtocol.GEMINI: gemini.CODEC,
}


@dataclass(frozen=True, slots=True)
class _Lent:
    """An engine, and the accesses that are still in somebody's hands."""

    engine: HttpEngine
    accesses: WeakSet[Access] = field(default_factory=WeakSet)


class VendorClientFactory:
    """A ClientFactory.

    `engines` makes an engine with a time limit in seconds on connecting, and what else providers
    say of it. There is one engine for all that say the same, and it stays when a snapshot is
    compiled anew: pools outlive configurations. An engine is closed when nothing refers to its
    accesses any more, no snapshot and no stream.
    `ca_file` names whom probes trust that only connect, as in EngineOptions.
    """

    def __init__(
        self,
        vendors: Mapping[str, Vendor],
        engines: Callable[[float, Connecting], HttpEngine],
        ca_file: str | None = None,
    ) -> None:
        self._vendors = vendors
        self._make = engines
        self._ca_file = ca_file
        self._engines: dict[tuple[float, Connecting], _Lent] = {}

    def clients_for(self, provider: Provider, secret: str | None) -> ProviderClients:
        """See ClientFactory. Codes of DomainError: `provider.vendor`, `.protocol`, `.option`,
        `.tls`."""
        vendor = self._vendor(provider)
        _check_options(provider, vendor)
        settings = provider.settings
        codec = CODECS[settings.protocol]
        seconds = settings.timeouts.connect_seconds
        lent = self._lent(seconds, settings.connecting)
        access = access_to(provider, secret, vendor, codec, lent.engine)
        lent.accesses.add(access)
        embeds = codec.embeddings if access.embedding_urls else None
        return ProviderClients(
            chat=VendorChat(access),
            embeddings=VendorEmbeddings(access, embeds) if embeds is not None else None,
            probe=VendorProbe(access, self._reach(seconds, settings.connecting)),
        )

    async def close(self) -> None:
        """Close every engine; requests in flight fail."""
        engines, self._engines = self._engines, {}
        for lent in engines.values():
            await lent.engine.close()

    async def close_unused(self) -> None:
        """Close the engines that nobody can use any more; to be called now and then."""
        for limit in [limit for limit, lent in self._engines.items() if not lent.accesses]:
            await self._engines.pop(limit).engine.close()

    def _reach(self, connect_timeout_seconds: float, connecting: Connecting) -> Reach:
        options = EngineOptions(
            connect_timeout_seconds=connect_timeout_seconds,
            ca_file=connecting.ca_file or self._ca_file,
            client_cert_file=connecting.client_cert_file,
            client_key_file=connecting.client_key_file,
            public_only=connecting.public_only,
        )
        return partial(reach, options=options)

    def _lent(self, connect_timeout_seconds: float, connecting: Connecting) -> "_Lent":
        key = connect_timeout_seconds, connecting
        lent = self._engines.get(key)
        if lent is None:
            lent = self._engines[key] = _Lent(self._engine(*key))
        return lent

    def _engine(self, connect_timeout_seconds: float, connecting: Connecting) -> HttpEngine:
        try:
            return self._make(connect_timeout_seconds, connecting)
        except (OSError, ValueError, RuntimeError) as error:
            raise DomainError(
                "provider.tls", f"tls: the files that it names cannot be used: {error}"
            ) from error

    def _vendor(self, provider: Provider) -> Vendor:
        name, protocol = provider.settings.vendor, provider.settings.protocol
        if not name:
            return UNKNOWN_VENDORS[protocol]
        vendor = self._vendors.get(name)
        if vendor is None:
            known = ", ".join(sorted(self._vendors))
            raise DomainError(
                "provider.vendor", f"{provider.id}: vendor is {name!r}, expected one of {known}"
            )
        if vendor.protocol is not protocol:
            raise DomainError(
                "provider.protocol",
                f"{provider.id}: protocol is {protocol}, but {name} speaks {vendor.protocol}; "
                "leave the vendor out for a server that is known by its protocol alone",
            )
        return vendor


def _check_options(provider: Provider, vendor: Vendor) -> None:
    for name in provider.settings.options:
        if name not in vendor.options:
            known = ", ".join(sorted(vendor.options)) or "none"
            raise DomainError(
                "provider.option",
                f"{provider.id}: option {name!r} is not known here, expected: {known}",
            )
