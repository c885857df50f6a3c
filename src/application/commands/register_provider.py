"""Register a provider."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from turnout.application.ports.addresses import AddressCheck, any_address
from turnout.application.ports.unit_of_work import UnitOfWork
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId


@dataclass(frozen=True, slots=True)
class RegisterProvider:
    """Make a provider known under a name that is not taken."""

    id: ProviderId
    settings: ProviderSettings


@dataclass(frozen=True, slots=True)
class RegisterProviderHandler:
    """Raises DomainError `provider.exists`, `provider.address`, `provider.*`."""

    begin: Callable[[], UnitOfWork]
    check: AddressCheck = any_address

    async def __call__(self, command: RegisterProvider) -> None:
        """Store the new provider."""
        Provider.register(command.id, command.settings)  # bad settings have no address to look at
        settings = await vetted(command.settings, self.check)
        async with self.begin() as work:
            if await work.providers.get(command.id) is not None:
                raise DomainError("provider.exists", f"there is a provider {command.id!r} already")
            await work.providers.save(Provider.register(command.id, settings))
            await work.commit()


async def vetted(settings: ProviderSettings, check: AddressCheck) -> ProviderSettings:
    """Return the settings, with what connecting must keep to. Raises DomainError."""
    connecting = replace(settings.connecting, public_only=await check(settings))
    return replace(settings, connecting=connecting)
