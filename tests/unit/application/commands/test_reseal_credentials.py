from dataclasses import replace

from tests.fakes.store import FakeStore
from tests.support.catalog import plain_settings

from turnout.application.commands.digest import digest
from turnout.application.commands.reseal_credentials import (
    ResealCredentials,
    ResealCredentialsHandler,
    resealed_settings,
)
from turnout.domain.catalog.provider import Provider
from turnout.domain.shared.ids import ProviderId

A, B = ProviderId("a"), ProviderId("b")


def again(text: str) -> str:
    return text.replace("old", "new")


SEALED = replace(
    plain_settings(A, "m"),
    credential="sealed:old-1",
    further_credentials=("sealed:old-2", "${VAR}"),
    headers={"x-key": "sealed:old-3", "x-plain": "1"},
)


def test_every_reference_of_a_provider_is_sealed_anew() -> None:
    new = resealed_settings(SEALED, again)
    assert new.credential == "sealed:new-1"
    assert new.further_credentials == ("sealed:new-2", "${VAR}")
    assert new.headers == {"x-key": "sealed:new-3", "x-plain": "1"}
    assert resealed_settings(plain_settings(A, "m"), again) == plain_settings(A, "m")


async def test_the_file_still_counts_as_applied_and_what_was_edited_stays() -> None:
    store = FakeStore()
    edited = replace(SEALED, weight=7)
    async with store.begin() as work:
        await work.providers.save(Provider.register(A, edited))
        await work.providers.save(Provider.register(B, plain_settings(B, "m")))
        await work.declarations.put("provider:a", digest(SEALED))
        await work.declarations.put("provider:b", "of an earlier file")
        await work.commit()
    handler = ResealCredentialsHandler(store.begin)
    declared = {A: SEALED, B: plain_settings(B, "m")}
    assert await handler(ResealCredentials(again, declared)) == 1
    async with store.begin() as work:
        provider = await work.providers.get(A)
        assert provider is not None
        assert provider.settings == resealed_settings(edited, again)
        assert await work.declarations.digests() == {
            "provider:a": digest(resealed_settings(SEALED, again)),
            "provider:b": "of an earlier file",
        }
    assert await handler(ResealCredentials(again, declared)) == 0
