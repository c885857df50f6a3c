from dataclasses import replace

import pytest
from tests.support.clients import provider_at

from turnout.domain.shared.errors import DomainError
from turnout.infrastructure.clients.address_check import ResolvingAddressCheck
from turnout.infrastructure.discovery import discover_vendors

VENDORS = discover_vendors()
STRICT = ResolvingAddressCheck(VENDORS, allow_private=False)
LOCAL = ResolvingAddressCheck(VENDORS, allow_private=True)


@pytest.mark.parametrize("url", ["http://169.254.169.254/v1", "http://metadata.google.internal"])
async def test_metadata_is_no_provider(url: str) -> None:
    for check in (STRICT, LOCAL):
        with pytest.raises(DomainError, match="expected an address of a provider") as caught:
            await check(provider_at(url).settings)
        assert caught.value.code == "provider.address"


async def test_a_private_address_is_told_what_would_allow_it() -> None:
    for url in ("http://localhost:11434/v1", "http://127.0.0.1", "https://10.0.0.1"):
        assert await LOCAL(provider_at(url).settings) is False
        with pytest.raises(DomainError, match=r"server\.allow_private_providers"):
            await STRICT(provider_at(url).settings)


async def test_a_public_address_is_kept_to() -> None:
    assert await STRICT(provider_at("https://8.8.8.8/v1").settings) is True


async def test_a_name_that_leads_nowhere_now_is_looked_at_when_it_is_used() -> None:
    assert await STRICT(provider_at("https://nowhere.invalid/v1").settings) is True


async def test_what_the_vendor_makes_of_it_counts() -> None:
    settings = replace(provider_at("http://127.0.0.1:1").settings, vendor="simulator")
    with pytest.raises(DomainError, match=r"127\.0\.0\.1"):
        await STRICT(settings)


@pytest.mark.parametrize("url", ["http://[::1", "http://host:port/"])
async def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(DomainError) as caught:
        await STRICT(provider_at(url).settings)
    assert caught.value.code == "provider.base_url"
