"""What a soak run is made of: providers that misbehave in turns, and callers that keep asking."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from turnout.interfaces.chaos.caller import Caller, answer_of
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.outcome import HONEST, Ending, Outcome
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.script import read_script
from turnout.interfaces.simulator.server import Simulator

MODEL = "soaked"
_WORDS = 30
_LEAVES_EVERY = 23
"""Every so many-th caller of a stream hangs up after a few words."""
_SETTLE_SECONDS = 30.0

SCRIPTS: dict[str, dict[str, Any]] = {
    "first": {
        "repeat": True,
        "phases": [
            {"seconds": 11},
            {"faults": ["overloaded", "server_error"], "seconds": 5},
            {"seconds": 7},
            {"faults": ["cut_after_tokens=9", "malformed_event"], "share": 0.3, "seconds": 8},
            {"faults": "rate_limited", "share": 0.5, "seconds": 4},
            {"seconds": 9, "profile": {"first_token_delay_seconds": 0.3}},
        ],
    },
    "second": {
        "repeat": True,
        "phases": [
            {"seconds": 13},
            {"faults": ["stall=5", "silent"], "share": 0.2, "seconds": 5},
            {"seconds": 6},
            {"faults": ["empty_body", "html_error_page", "truncated_json"], "seconds": 6},
        ],
    },
    "third": {"repeat": True, "phases": [{"seconds": 30}]},
}
_PROTOCOLS = {"first": "openai_chat", "second": "anthropic_messages", "third": "openai_chat"}


@dataclass(slots=True)
class Told:
    """What callers were told, added up."""

    requests: int = 0
    endings: Counter[Ending] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    examples: list[Outcome] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        """Add one request."""
        self.requests += 1
        self.endings[outcome.ending] += 1
        if outcome.request_id:
            self.ids.add(outcome.request_id)
        if outcome.ending not in HONEST and len(self.examples) < 5:
            self.examples.append(outcome)

    @property
    def dishonest(self) -> int:
        """How many ended as no request may."""
        return sum(count for ending, count in self.endings.items() if ending not in HONEST)


class Callers:
    """Ask `per_second`, `at_once` at most; every question is a new one."""

    def __init__(self, door: Door, *, per_second: float, at_once: int) -> None:
        self.told = Told()
        self._caller = Caller(door, model=MODEL, words=_WORDS)
        self._per_second = per_second
        self._free = asyncio.Semaphore(at_once)

    async def ask_for(self, seconds: float) -> None:
        """Keep asking for so long, and wait for the last answer."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as group:
            number = 0
            while (due := number / self._per_second) < seconds:
                await asyncio.sleep(max(0.0, began + due - loop.time()))
                await self._free.acquire()
                group.create_task(self._one(self.told.requests + number))
                number += 1

    async def _one(self, number: int) -> None:
        stream = number % 3 != 0
        leaves = 4 if stream and number % _LEAVES_EVERY == 0 else None
        try:
            outcome = await self._caller.ask(
                number, f"question-{number}", stream=stream, leave_after_words=leaves
            )
        finally:
            self._free.release()
        self.told.note(outcome)


class Providers:
    """The simulators, and what they have seen."""

    def __init__(self, simulators: Sequence[Simulator]) -> None:
        self._simulators = simulators

    def configuration(self, port: int, control_port: int) -> dict[str, Any]:
        """A gateway's, that leads to them along one chain."""
        providers = {
            simulator.profile.name: {
                "protocol": simulator.profile.protocols[0],
                "base_url": simulator.base_url + _path(simulator.profile.protocols[0]),
                "api_key": "simulated",
                "models": ["simulated"],
                "timeouts": {
                    "first_token_seconds": 1.0,
                    "between_tokens_seconds": 1.0,
                    "total_seconds": 4.0,
                },
            }
            for simulator in self._simulators
        }
        return {
            "server": {"port": port, "control_port": control_port},
            "upstream": {"keepalive_seconds": 2.0},
            "ai_providers": providers,
            "fallback_chains": {MODEL: list(providers)},
        }

    async def settled(self) -> None:
        """Wait until nothing is under way any more, or as long as that may take."""
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                for simulator in self._simulators:
                    await simulator.counts.until(lambda counts: counts.in_flight == 0)
        except TimeoutError:
            return

    @property
    def in_flight(self) -> int:
        """How many requests are under way."""
        return sum(simulator.counts.in_flight for simulator in self._simulators)

    @property
    def attempts(self) -> int:
        """How many answers were asked for; lists of models, which probes ask for, aside."""
        return sum(
            count
            for simulator in self._simulators
            for (endpoint, _, _), count in simulator.counts.requests.items()
            if "model" not in endpoint
        )


@asynccontextmanager
async def opened_providers() -> AsyncIterator[Providers]:
    """Simulators that play their scripts."""
    simulators = [
        Simulator(
            Profile(
                name=name,
                protocols=(protocol,),
                answer=answer_of(_WORDS),
                first_token_delay_seconds=0.02,
                token_delay_seconds=0.002,
            )
        )
        for name, protocol in _PROTOCOLS.items()
    ]
    for simulator in simulators:
        await simulator.start()
        simulator.play(read_script(SCRIPTS[simulator.profile.name]))
    try:
        yield Providers(simulators)
    finally:
        for simulator in simulators:
            await simulator.stop()


def _path(protocol: str) -> str:
    return "/v1" if protocol == "openai_chat" else ""
