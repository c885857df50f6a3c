"""Seal every provider's secrets anew: the master key is another one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from turnout.application.commands.digest import digest
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.shared.ids import ProviderId

Again = Callable[[str], str]
"""Returns a text with what is sealed in it sealed anew."""


@dataclass(frozen=True, slots=True)
class ResealCredentials:
    """`declared` is what the file says of providers; with `again` it will say the new references.

    So an entry that was edited over the API stays as it was edited.
    """

    again: Again
    declared: Mapping[ProviderId, ProviderSettings]


@dataclass(frozen=True, slots=True)
class ResealCredentialsHandler:
    """Raises what `again` raises; then nothing is stored."""

    begin: Callable[[], UnitOfWork]

    async def __call__(self, command: ResealCredentials) -> int:
        """Store the new references; return how many providers have other ones now."""
        count = 0
        async with self.begin() as work:
            for provider in await work.providers.list():
                if provider.revise(resealed_settings(provider.settings, command.again)):
                    await work.providers.save(provider)
                    count += 1
            known = await work.declarations.digests()
            for id, settings in command.declared.items():
                if known.get(f"provider:{id}") == digest(settings):
                    new = digest(resealed_settings(settings, command.again))
                    await work.declarations.put(f"provider:{id}", new)
            await work.commit()
        return count


def resealed_settings(settings: ProviderSettings, again: Again) -> ProviderSettings:
    """Return `settings` with every sealed reference sealed anew."""
    return replace(
        settings,
        credential=None if settings.credential is None else again(settings.credential),
        further_credentials=tuple(map(again, settings.further_credentials)),
        headers={name: again(value) for name, value in settings.headers.items()},
    )
