"""List providers, all of them or those that can do something."""

from dataclasses import dataclass, replace

from turnout.application.ports.views import DeploymentRow, ProviderRow, ProviderView
from turnout.domain.inference.capability import Capability


@dataclass(frozen=True, slots=True)
class ListProviders:
    """Capability-based discovery: which providers and models offer what is asked."""

    view: ProviderView

    async def __call__(
        self, capabilities: frozenset[Capability] = frozenset()
    ) -> list[ProviderRow]:
        """Return the providers by name, each with the models that offer all of `capabilities`.

        Where something is asked, a provider without such a model is left out.
        """
        rows = await self.view.list()
        if not capabilities:
            return rows
        matching = [(row, _matching(row, capabilities)) for row in rows]
        return [replace(row, deployments=found) for row, found in matching if found]


def _matching(row: ProviderRow, capabilities: frozenset[Capability]) -> tuple[DeploymentRow, ...]:
    return tuple(d for d in row.deployments if capabilities <= set(d.capabilities))
