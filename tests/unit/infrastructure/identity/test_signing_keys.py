import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.fakes.system import FrozenClock
from tests.support.oidc_provider import LocalProvider

from turnout.application.ports.identity import IdentityRefused
from turnout.infrastructure.identity.signing_keys import SigningKeys


class CountedProvider(LocalProvider):
    times = 0

    async def fetch(self) -> Mapping[str, Any]:
        self.times += 1
        await asyncio.sleep(0)
        return self.key_set()


@pytest.fixture
def provider() -> CountedProvider:
    return CountedProvider()


async def test_they_are_asked_for_once_however_many_want_one(provider: CountedProvider) -> None:
    keys = SigningKeys(provider.fetch, FrozenClock())
    await asyncio.gather(*(keys.key("rsa-1", "RS256") for _ in range(10)))
    assert provider.times == 1


async def test_ids_that_somebody_makes_up_do_not_flood_the_provider(
    provider: CountedProvider,
) -> None:
    clock = FrozenClock()
    keys = SigningKeys(provider.fetch, clock)
    await keys.key("rsa-1", "RS256")
    for number in range(20):
        clock.move(3)
        with pytest.raises(IdentityRefused, match="does not have"):
            await keys.key(f"made-up-{number}", "RS256")
    assert provider.times == 3  # once at first, then every 30 s


async def test_a_key_that_was_withdrawn_counts_for_an_hour_at_most(
    provider: CountedProvider,
) -> None:
    clock = FrozenClock()
    keys = SigningKeys(provider.fetch, clock)
    await keys.key("rsa-1", "RS256")
    provider.add_ec_key("new")
    del provider.keys["rsa-1"]
    clock.move(3600)
    with pytest.raises(IdentityRefused):
        await keys.key("rsa-1", "RS256")
    assert (await keys.key("new", "ES256")).algorithm_name == "ES256"


async def test_keys_that_are_for_something_else_are_left_out() -> None:
    shared = {"kid": "shared", "kty": "oct", "k": "c2VjcmV0"}
    sealing = {"kid": "sealing", "kty": "RSA", "use": "enc"}
    nameless = {"kty": "RSA"}

    async def fetch() -> Mapping[str, Any]:
        return {"keys": [shared, sealing, nameless, {"kid": "bad", "kty": "RSA"}, "no key"]}

    keys = SigningKeys(fetch, FrozenClock())
    for id in ("shared", "sealing"):
        with pytest.raises(IdentityRefused, match="does not have"):
            await keys.key(id, "RS256")
    with pytest.raises(IdentityRefused, match="cannot be used"):
        await keys.key("bad", "RS256")
