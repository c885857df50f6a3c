"""Where a provider's settings lead, looked at when they are set; engines look again later."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.vendor import UNKNOWN_VENDORS, Vendor
from turnout.infrastructure.transport.addresses import AddressRefused, addresses_of

LOOKUP_SECONDS = 5.0


class ResolvingAddressCheck:
    """Implements AddressCheck; `allow_private`: private and loopback addresses will do, too.

    A name that cannot be looked up now passes: what counts is what it leads to when it is used.
    """

    def __init__(self, vendors: Mapping[str, Vendor], allow_private: bool) -> None:
        self._vendors = vendors
        self._public_only = not allow_private

    async def __call__(self, settings: ProviderSettings) -> bool:
        """See AddressCheck."""
        vendor = self._vendors.get(settings.vendor) or UNKNOWN_VENDORS[settings.protocol]
        url = vendor.location(settings.base_url, settings.options).base_url
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 443
        except ValueError:
            host = None
        if not host:
            raise DomainError("provider.base_url", f"base_url is {url!r}, expected a URL")
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                await addresses_of(host, port, public_only=self._public_only)
        except AddressRefused as refused:
            raise DomainError("provider.address", self._words(url, refused)) from None
        except (OSError, UnicodeError, TimeoutError):
            pass
        return self._public_only

    def _words(self, url: str, refused: AddressRefused) -> str:
        hint = (
            "; private ones only with server.allow_private_providers" if self._public_only else ""
        )
        return f"base_url is {url!r}, and {refused}: expected an address of a provider{hint}"
