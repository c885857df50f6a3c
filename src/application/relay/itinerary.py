"""Where one request goes next: the targets that are left, and how often each has been tried."""

from dataclasses import dataclass, field

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import MovesOn
from turnout.domain.routing.route_plan import PlannedTarget


@dataclass(slots=True)
class Itinerary:
    """One request's own, and changing with each try.

    `last_resort` means that health admits none of the plan's targets, and one is tried all the
    same; then `retry_after_seconds` is when the first of them may be asked again.
    """

    targets: list[PlannedTarget]
    last_resort: bool = False
    retry_after_seconds: float | None = None
    tries: int = field(default=0, init=False)
    _place: int = field(default=0, init=False)
    _over: bool = field(default=False, init=False)
    _smallest: Deployment | None = field(default=None, init=False)

    @property
    def current(self) -> PlannedTarget | None:
        """The target to try now, None when there is none left."""
        return None if self._over or self._place >= len(self.targets) else self.targets[self._place]

    @property
    def first(self) -> bool:
        """Whether the current target is the plan's first."""
        return self._place == 0

    @property
    def elsewhere(self) -> bool:
        """Whether another target is left."""
        return not self._over and self._next() < len(self.targets)

    def failed(self, moves_on: MovesOn) -> None:
        """The current target has failed in a way that `moves_on` so."""
        self.tries += 1
        if moves_on is MovesOn.NEVER:
            self._over = True
        elif moves_on is MovesOn.IF_LARGER:
            self._smallest = self.targets[self._place].deployment

    def move_on(self) -> None:
        """Leave the current target for the next that may do better."""
        self._place = self._next()
        self.tries = 0

    def _next(self) -> int:
        place = self._place + 1
        while place < len(self.targets) and not self._may_do_better(self.targets[place]):
            place += 1
        return place

    def _may_do_better(self, target: PlannedTarget) -> bool:
        if self._smallest is None:
            return True
        window, small = target.deployment.context_window, self._smallest.context_window
        return window is None or small is None or window > small
