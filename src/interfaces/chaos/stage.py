"""The simulators that all scenarios share, and the configuration that leads a gateway to them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from turnout.interfaces.chaos.caller import answer_of
from turnout.interfaces.chaos.evidence import Seen, Window
from turnout.interfaces.chaos.scenario import ProviderPlan, Scenario
from turnout.interfaces.simulator.profile import Profile, revised
from turnout.interfaces.simulator.server import Simulator

MODEL = "simulated"
_PROBED = "models"
"""What active probes ask for: no request of a caller does."""
_PRICE = {"input": "2.5", "output": "10"}
SETTLE_SECONDS = 5.0
"""How long a gateway may take to let go of its providers after the last answer."""


class Stage:
    """Simulators without a part; each scenario gives them theirs.

    A scenario's providers have names of their own in the gateway, `scenario-provider`, so that
    what it learns of them in one scenario it does not know in another.
    """

    def __init__(self, simulators: Sequence[Simulator], closed_port: int) -> None:
        self._simulators = simulators
        self._closed_port = closed_port

    def configuration(
        self, scenarios: Sequence[Scenario], base: Mapping[str, Any]
    ) -> dict[str, Any]:
        """A configuration with the providers and chains of all scenarios, laid upon `base`."""
        providers, chains = (
            dict(base.get("ai_providers", {})),
            dict(base.get("fallback_chains", {})),
        )
        for scenario in scenarios:
            for place, (name, plan) in enumerate(scenario.providers.items()):
                providers[f"{scenario.name}-{name}"] = self._entry(place, plan)
            chains[scenario.name] = _chain(scenario)
        own = {key: value for key, value in base.items() if key != "database"}
        own["upstream"] = {"probe": "off", **own.get("upstream", {})}
        for scenario in scenarios:
            for section, settings in scenario.gateway.items():
                own[section] = {**own.get(section, {}), **settings}
        return {
            **own,
            "server": {**own.get("server", {}), "host": "127.0.0.1", "access_keys": []},
            "ai_providers": providers,
            "fallback_chains": chains,
        }

    def _entry(self, place: int, plan: ProviderPlan) -> dict[str, Any]:
        port = self._simulators[place].port
        scheme = "https" if plan.reached_by == "tls" else "http"
        port = self._closed_port if plan.reached_by == "nothing" else port
        path = "/v1" if plan.protocol == "openai_chat" else ""
        return {
            "protocol": plan.protocol,
            "base_url": f"{scheme}://127.0.0.1:{port}{path}",
            "api_key": "simulated",
            "models": [{"name": MODEL, "price": _PRICE}],
            **plan.settings,
        }

    async def give_parts(self, scenario: Scenario) -> None:
        """Let the simulators be the scenario's providers, and its scripts begin."""
        for simulator in self._simulators:
            await simulator.hang_up()
            simulator.profile = Profile()
            simulator.play(None)
            simulator.reset()
        answer = answer_of(scenario.load.words)
        for (name, plan), simulator in zip(
            scenario.providers.items(), self._simulators, strict=False
        ):
            usual = Profile(name=name, protocols=(plan.protocol,), answer=answer)
            simulator.profile = revised(usual, {"price": _price_of(plan), **plan.profile})
            simulator.play(plan.parsed_script())

    async def settled(self, within_seconds: float = SETTLE_SECONDS) -> None:
        """Wait until nothing is under way any more, or as long as that may take."""
        try:
            async with asyncio.timeout(within_seconds):
                for simulator in self._simulators:
                    await simulator.counts.until(lambda counts: counts.in_flight == 0)
        except TimeoutError:
            return

    def seen(self, scenario: Scenario) -> dict[str, Seen]:
        """What each provider of the scenario saw."""
        return {
            name: _seen(simulator)
            for name, simulator in zip(scenario.providers, self._simulators, strict=False)
        }

    def windows(self, scenario: Scenario, ended_seconds: float) -> list[Window]:
        """The phases that the scenario's providers went through, each provider's in order."""
        windows: list[Window] = []
        for name, simulator in zip(scenario.providers, self._simulators, strict=False):
            if simulator.timeline is None:
                continue
            simulator.timeline.look(ended_seconds)
            entered = simulator.timeline.entered
            ends = [*(one.at_seconds for one in entered[1:]), float("inf")]
            windows += [
                Window(name, one.phase.name, one.phase.is_healthy, one.at_seconds, end)
                for one, end in zip(entered, ends, strict=True)
            ]
        return windows


@asynccontextmanager
async def opened_stage(size: int) -> AsyncIterator[Stage]:
    """A stage with so many simulators, and a port where nobody listens."""
    async with AsyncExitStack() as stack:
        simulators = [await stack.enter_async_context(Simulator()) for _ in range(size)]
        taken = stack.enter_context(socket.socket())
        taken.bind(("127.0.0.1", 0))  # and no listen: whoever connects is refused
        yield Stage(simulators, taken.getsockname()[1])


def _price_of(plan: ProviderPlan) -> Mapping[str, object] | None:
    """Return what the gateway believes that the provider's model costs, None if it does not."""
    if "models" not in plan.settings:
        return _PRICE
    for model in plan.settings["models"]:
        if isinstance(model, Mapping) and "price" in model:
            return {name: str(amount) for name, amount in model["price"].items()}
    return None


def _chain(scenario: Scenario) -> dict[str, Any]:
    def placed(target: Any) -> Any:
        if isinstance(target, dict):
            return {**target, "target": f"{scenario.name}-{target['target']}"}
        return f"{scenario.name}-{target}"

    tiers = [[placed(target) for target in tier] for tier in scenario.tiers()]
    return {**scenario.chain, "tiers": tiers}


def _seen(simulator: Simulator) -> Seen:
    counts = simulator.counts
    tokens = counts.tokens.values()
    answered = (
        count for (operation, _, _), count in counts.requests.items() if operation != _PROBED
    )
    return Seen(
        requests=sum(answered) + counts.refused_handshakes,
        aborted=counts.aborted_streams + counts.aborted_requests,
        tokens=sum(one.prompt + one.completion for one in tokens),
        dollars=str(sum(counts.dollars.values())) if counts.dollars else None,
        in_flight=counts.in_flight,
        open_connections=counts.open_connections,
        broken_off_tokens=counts.broken_off.total,
        largest_answer_tokens=counts.largest_answer.total,
    )
