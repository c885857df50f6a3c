"""Where a script has got to: which phase holds for the next request, and which have been."""

from msgspec import Struct

from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import Phase, Script

_OVER = Phase(name="over")
_REMEMBERED = 1_000


class Entered(Struct, frozen=True):
    """A phase began, `at_seconds` since 1970."""

    phase: Phase
    at_seconds: float


class Timeline:
    """A script that runs since `started_seconds`.

    A phase of seconds ends when they are over, whether there are requests or not; a phase of
    requests ends with the last of them. `entered` holds the phases so far, the latest last.
    """

    def __init__(self, script: Script, started_seconds: float) -> None:
        self.script = script
        self.entered = [Entered(script.phases[0], started_seconds)]
        self._place = 0
        self._requests = 0
        self._last_request_seconds = started_seconds
        self._applied: dict[int, tuple[Profile, Profile]] = {}

    @property
    def phase(self) -> Phase:
        """The phase reached; after the last one a phase called `over`."""
        return self.entered[-1].phase

    def take(self, profile: Profile, now_seconds: float) -> Profile:
        """The profile as it holds for a request that comes now; counts the request."""
        self.look(now_seconds)
        self._requests += 1
        self._last_request_seconds = now_seconds
        return self.applied_to(profile)

    def look(self, now_seconds: float) -> Phase:
        """Go on to the phase that holds now."""
        self._skip_rounds(now_seconds)
        while (ended_seconds := self._ended(now_seconds)) is not None:
            self._enter_next(ended_seconds)
        return self.phase

    def applied_to(self, profile: Profile) -> Profile:
        """The profile in the phase reached, made anew only when the one beneath it has changed."""
        if self.phase is _OVER:
            return profile
        known = self._applied.get(self._place)
        if known is None or known[0] is not profile:
            known = self._applied[self._place] = (profile, self.phase.applied_to(profile))
        return known[1]

    def _ended(self, now_seconds: float) -> float | None:
        """When the present phase ended, None while it lasts."""
        phase, began_seconds = self.phase, self.entered[-1].at_seconds
        if phase.seconds is not None and now_seconds >= began_seconds + phase.seconds:
            return began_seconds + phase.seconds
        if phase.requests is not None and self._requests >= phase.requests:
            return self._last_request_seconds
        return None

    def _enter_next(self, at_seconds: float) -> None:
        phases = self.script.phases
        self._place += 1
        self._requests = 0
        if self.script.repeat:
            self._place %= len(phases)
        phase = phases[self._place] if self._place < len(phases) else _OVER
        self.entered.append(Entered(phase, at_seconds))
        del self.entered[:-_REMEMBERED]

    def _skip_rounds(self, now_seconds: float) -> None:
        """Leave out whole rounds that passed without a request, however many they are."""
        if not self.script.repeat:
            return
        round_seconds = sum(phase.seconds or float("inf") for phase in self.script.phases)
        last = self.entered[-1]
        rounds = (now_seconds - last.at_seconds) // round_seconds - 1
        if rounds > 0:
            skipped = Entered(last.phase, last.at_seconds + rounds * round_seconds)
            self.entered[-1] = skipped
