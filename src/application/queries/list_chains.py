"""List fallback chains."""

from dataclasses import dataclass

from turnout.application.ports.views import ChainRow, ChainView


@dataclass(frozen=True, slots=True)
class ListChains:
    """Reads what is stored, not what is routed by: see ExplainRoute for that."""

    view: ChainView

    async def __call__(self) -> list[ChainRow]:
        """Return the chains by name."""
        return await self.view.list()
