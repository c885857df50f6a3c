"""Rehearsal: requests in virtual time, steered by the relay's own Course and Settlement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from turnout.application.ports.system import Dice
from turnout.application.rehearsal.agenda import VirtualClock
from turnout.application.rehearsal.conduct import Conduct, Conducts, Spell
from turnout.application.rehearsal.demand import Demand
from turnout.application.rehearsal.policies import Policies
from turnout.application.rehearsal.simulated_provider import SimulatedProvider
from turnout.application.rehearsal.stage import Stage
from turnout.application.rehearsal.tally import Tally
from turnout.application.rehearsal.trip import Trip
from turnout.domain.catalog.provider import Provider
from turnout.domain.routing.route import Route
from turnout.domain.shared.ids import ProviderId

DiceFor = Callable[[str], Dice]
"""Gives the dice for a purpose: the same ones for the same purpose, every time."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A route, the providers it leads to, and how these behave.

    Requests and providers throw dice of their own, so that every run meets the same traffic.
    """

    route: Route
    providers: Mapping[ProviderId, Provider]
    conducts: Mapping[str, tuple[Conduct, tuple[Spell, ...]]]
    dice_for: DiceFor

    def thinned(self, part: float) -> "Rehearsal":
        """Return the rehearsal for that part of the requests: providers bear as much less."""
        conducts = {
            name: (usual.thinned(part), tuple(spell.thinned(part) for spell in spells))
            for name, (usual, spells) in self.conducts.items()
        }
        return replace(self, conducts=conducts)

    def run(self, demand: Demand, policies: Policies) -> Tally:
        """Let all requests pass under `policies`, and return what came of it."""
        simulated = {
            ProviderId(name): SimulatedProvider(
                Conducts(usual, spells), self.dice_for(f"provider {name}").roll
            )
            for name, (usual, spells) in self.conducts.items()
        }
        stage = Stage.prepared(
            self.route,
            self.providers,
            policies,
            simulated,
            VirtualClock(demand.from_seconds),
            self.dice_for("relay"),
        )
        for call in demand.calls(self.dice_for("demand").roll):
            stage.agenda.run_until(call.at_seconds)
            Trip(stage, call).begin()
        stage.agenda.run_until()
        stage.take_events()
        return stage.tally
