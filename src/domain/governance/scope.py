"""What an access key may be used for, and from where."""

import re
from dataclasses import dataclass, fields
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from turnout.domain.shared.errors import DomainError

_WORD = re.compile(r"\S(?:.*\S)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """An empty set allows everything.

    `routes` are what a request's `model` may say; `models` (names or aliases) and `providers` are
    what may answer; `networks` (`10.0.0.0/8`) are where requests may come from.
    """

    routes: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what could never be met. Raises DomainError `key.scope`, `key.network`."""
        for field in fields(self):
            for word in getattr(self, field.name):
                if not _WORD.fullmatch(word):
                    raise DomainError("key.scope", f"{field.name}: found {word!r}, expected a name")
        for network in self.networks:
            try:
                ip_network(network)
            except ValueError:
                raise DomainError(
                    "key.network",
                    f"networks: found {network!r}, expected an address or a network like "
                    "10.0.0.0/8 or 2001:db8::/32, without bits set beyond its length",
                ) from None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of what is routed; networks aside."""
        return bool(self.routes or self.models or self.providers)

    def allows_route(self, name: str) -> bool:
        """Tell whether a request may ask for `name`."""
        return not self.routes or name in self.routes

    def allows(self, provider: str, names: frozenset[str] | tuple[str, ...]) -> bool:
        """Tell whether the model at `provider` that goes by `names` may answer."""
        if self.providers and provider not in self.providers:
            return False
        return not self.models or any(name in self.models for name in names)

    def allows_source(self, address: str) -> bool:
        """Tell whether a request may come from `address`; one that is no address may not."""
        if not self.networks:
            return True
        try:
            source = ip_address(address)
        except ValueError:
            return False
        if isinstance(source, IPv6Address) and source.ipv4_mapped is not None:
            source = source.ipv4_mapped
        return any(_holds(network, source) for network in self.networks)


ANYTHING = Scope()
"""No limits at all."""


def _holds(network: str, source: IPv4Address | IPv6Address) -> bool:
    held = ip_network(network)
    return isinstance(held, IPv6Network) == isinstance(source, IPv6Address) and source in held
