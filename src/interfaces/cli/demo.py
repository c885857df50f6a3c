"""The tour: three simulated providers, a started gateway, and what happens when one fails."""

import asyncio
import signal
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from openai import AsyncOpenAI
from rich.console import Console

from turnout.application.queries.explain_route import Explanation
from turnout.domain.inference.capability import Capability, Requirement
from turnout.interfaces.cli.rendering import show_explanation
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

ANSWERS = {
    "north": "I am {name}, and I speak OpenAI's protocol. You asked: {question}",
    "south": "I am {name}, and I speak Anthropic's protocol. You asked: {question}",
    "east": "I am {name}, and I speak Gemini's protocol. You asked: {question}",
}
PROTOCOLS = {"north": "openai_chat", "south": "anthropic_messages", "east": "gemini"}
NEEDS = Requirement(frozenset({Capability.CHAT, Capability.STREAMING}))


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a started gateway listens."""

    data: str
    control: str


StartGateway = Callable[[Path], AbstractAsyncContextManager[Addresses]]


@dataclass(frozen=True, slots=True)
class Demo:
    """Runs the tour; `start_gateway` serves a configuration file until its context is left."""

    start_gateway: StartGateway
    explain: Callable[[Path, str, Requirement], Explanation]
    console: Console

    async def run(self, once: bool) -> int:
        """Show everything; then end, or stay up until interrupted. Returns the exit code."""
        async with AsyncExitStack() as stack:
            simulators = {
                name: await stack.enter_async_context(
                    Simulator(
                        Profile(
                            name=name,
                            answer=answer,
                            first_token_delay_seconds=0.15,
                            token_delay_seconds=0.03,
                        )
                    )
                )
                for name, answer in ANSWERS.items()
            }
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="turnout-demo-"))
            config = Path(folder) / "turnout.yaml"
            config.write_text(_configuration(simulators))
            self._say(f"Three simulated providers listen; the configuration is {config}:")
            self.console.print(config.read_text(), style="cyan", markup=False, highlight=False)
            addresses = await stack.enter_async_context(self.start_gateway(config))
            await self._tour(simulators, addresses, config)
            if not once:
                await self._stay(addresses)
        return 0

    async def _tour(
        self, simulators: dict[str, Simulator], addresses: Addresses, config: Path
    ) -> None:
        self._say("The official OpenAI client asks the chain 'default', streaming:")
        await self._ask(addresses, "What is a turnout?")
        self._say("Where such a request goes, and why (turnout explain --model default --stream):")
        show_explanation(await asyncio.to_thread(self.explain, config, "default", NEEDS))
        self._say("Now the first provider, north, answers 503 to everything. The same question:")
        north = simulators["north"]
        north.profile = replace(
            north.profile, error_rate=1.0, error_kinds=(ErrorKind.OVERLOADED.value,)
        )
        await self._ask(addresses, "Who answers now?")
        north.profile = replace(north.profile, error_rate=0.0)

    async def _ask(self, addresses: Addresses, question: str) -> None:
        async with AsyncOpenAI(base_url=addresses.data, api_key="demo", max_retries=0) as client:
            raw = await client.chat.completions.with_raw_response.create(
                model="default", messages=[{"role": "user", "content": question}], stream=True
            )
            self.console.print("  > ", style="bold green", end="")
            async for chunk in raw.parse():
                for choice in chunk.choices:
                    self.console.print(choice.delta.content or "", end="", markup=False)
            told = ", ".join(
                f"{name}={raw.headers.get(f'x-turnout-{name}')}"
                for name in ("provider", "model", "attempts", "overhead-ms")
            )
            self.console.print(f"\n    {told}", style="dim")

    async def _stay(self, addresses: Addresses) -> None:
        self._say(f"Still up. Endpoint: {addresses.data} (any key), control: {addresses.control}")
        self._say("Try: curl " + addresses.data + "/models        Ctrl-C ends.")
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()

    def _say(self, text: str) -> None:
        self.console.print(f"\n{text}", style="bold", markup=False, highlight=False)


def _configuration(simulators: dict[str, Simulator]) -> str:
    lines = ["ai_providers:"]
    for name, simulator in simulators.items():
        protocol = PROTOCOLS[name]
        path = "/v1" if protocol == "openai_chat" else ""
        lines += [
            f"  {name}:",
            f"    protocol: {protocol}",
            f"    base_url: {simulator.base_url}{path}",
            "    api_key: simulated",
            f"    models: [sim-{name}]",
        ]
    return "\n".join([*lines, "fallback_chains:", "  default: [north, south, east]", ""])
