"""The loads of every target, in memory, one event loop's own."""

from turnout.domain.routing.load import Load
from turnout.domain.shared.ids import DeploymentId

MOST_LOADS = 4096
"""How many are remembered; beyond that those of idle targets begin anew."""


class LoadBoard:
    """Finds or begins a target's load."""

    __slots__ = ("_loads",)

    def __init__(self) -> None:
        self._loads: dict[DeploymentId, Load] = {}

    def of(self, target: DeploymentId) -> Load:
        """Return the load of `target`."""
        load = self._loads.get(target)
        if load is None:
            if len(self._loads) >= MOST_LOADS:
                self._loads = {id: load for id, load in self._loads.items() if load.in_flight}
            load = self._loads[target] = Load()
        return load
