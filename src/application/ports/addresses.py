"""What is asked before somebody's word on where a provider is, is believed."""

from typing import Protocol

from turnout.domain.catalog.provider import ProviderSettings


class AddressCheck(Protocol):
    """Looks at where settings that came over the network lead."""

    async def __call__(self, settings: ProviderSettings) -> bool:
        """Return whether connections must keep to public addresses. Raises DomainError
        `provider.address` for an address that must not be connected to."""
        ...


async def any_address(settings: ProviderSettings) -> bool:
    """Believe it: an AddressCheck for settings of those who may say anything."""
    del settings
    return False
