"""Rounds of one scenario: what each lane measured, and how lanes compare within a round."""

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one lane. `value` is in the scenario's unit; less is better."""

    value: float
    notes: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Lane:
    """One candidate in front of one kind of upstream, over all rounds (None: not measured)."""

    name: str
    rounds: list[Sample | None] = field(default_factory=list)
    failure: str | None = None

    @property
    def values(self) -> list[float]:
        """What the rounds that succeeded measured."""
        return [sample.value for sample in self.rounds if sample]

    def median_note(self, name: str) -> float | None:
        """The middle value of a side observation, None where no round made it."""
        found = [s.notes[name] for s in self.rounds if s and name in s.notes]
        return statistics.median(found) if found else None

    def ratio_to(self, other: "Lane") -> float | None:
        """The median, over rounds that both finished, of this lane's value by the other's."""
        pairs = zip(self.rounds, other.rounds, strict=False)
        ratios = [mine.value / yours.value for mine, yours in pairs if mine and yours]
        return statistics.median(ratios) if ratios else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A bound that the project set itself: `lane` at most `limit` times `baseline`.

    Without a baseline the limit is a value in the scenario's unit.
    """

    lane: str
    limit: float
    baseline: str | None = None


@dataclass(slots=True)
class Outcome:
    """One finished scenario."""

    scenario: str
    title: str
    unit: str
    lanes: list[Lane]
    asked: list[Asked]

    def lane(self, name: str) -> Lane | None:
        """The lane of that name, if it took part."""
        return next((lane for lane in self.lanes if lane.name == name), None)
