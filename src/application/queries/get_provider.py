"""Show one provider."""

from dataclasses import dataclass

from turnout.application.ports.views import ProviderRow, ProviderView
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class GetProvider:
    """Raises DomainError `provider.unknown`."""

    view: ProviderView

    async def __call__(self, name: str) -> ProviderRow:
        """Return the provider called `name`."""
        row = await self.view.get(name)
        if row is None:
            raise unknown("provider", name, [row.name for row in await self.view.list()])
        return row
