"""Show one fallback chain."""

from dataclasses import dataclass

from turnout.application.ports.views import ChainRow, ChainView
from turnout.domain.shared.errors import unknown


@dataclass(frozen=True, slots=True)
class GetChain:
    """Raises DomainError `chain.unknown`."""

    view: ChainView

    async def __call__(self, name: str) -> ChainRow:
        """Return the chain called `name`."""
        row = await self.view.get(name)
        if row is None:
            raise unknown("chain", name, [row.name for row in await self.view.list()])
        return row
