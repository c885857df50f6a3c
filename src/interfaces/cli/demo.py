"""The tour: three simulated providers, a started gateway, and what happens when one fails."""

import asyncio
import signal
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from openai import AsyncOpenAI
from rich.console import Console

from turnout.application.queries.explain_route import Explanation
from turnout.domain.inference.capability import Capability, Requirement
from turnout.interfaces.cli.actions import Addresses, ControlPlane, Where
from turnout.interfaces.cli.rendering import show_explanation
from turnout.interfaces.cli.simulating import configuration_of
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.server import Simulator

PROVIDERS = {
    "north": ("openai_chat", "OpenAI's"),
    "south": ("anthropic_messages", "Anthropic's"),
    "east": ("gemini", "Gemini's"),
}
NEEDS = Requirement(frozenset({Capability.CHAT, Capability.STREAMING}))
StartGateway = Callable[[Path], AbstractAsyncContextManager[Addresses]]


@dataclass(frozen=True, slots=True)
class Demo:
    """Runs the tour; `start_gateway` serves a configuration file until its context is left."""

    start_gateway: StartGateway
    explain: Callable[[Where, str, Requirement], Explanation]
    console: Console = field(default_factory=lambda: Console(soft_wrap=True))

    async def run(self, once: bool) -> int:
        """Show everything; then end, or stay up until interrupted. Returns the exit code."""
        async with AsyncExitStack() as stack:
            simulators = [
                await stack.enter_async_context(Simulator(profile)) for profile in _profiles()
            ]
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="turnout-demo-"))
            config = Path(folder) / "turnout.yaml"
            config.write_text(configuration_of(simulators) + "\n")
            self._say(f"Three simulated providers listen; the configuration is {config}:")
            self.console.print(config.read_text(), style="cyan", markup=False, highlight=False)
            addresses = await stack.enter_async_context(self.start_gateway(config))
            await self._tour(simulators[0], addresses)
            if not once:
                await self._stay(simulators, addresses)
        return 0

    async def _tour(self, north: Simulator, addresses: Addresses) -> None:
        self._say("The official OpenAI client asks the chain 'default', streaming:")
        await self._ask(addresses, "What is a turnout?")
        self._say(
            "Where such a request goes, and why "
            f"(turnout explain --model default --stream --url {addresses.control}):"
        )
        running = ControlPlane(addresses.control)
        show_explanation(await asyncio.to_thread(self.explain, running, "default", NEEDS))
        self._say("Now the first provider, north, answers 503 to everything. The same question:")
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

    async def _stay(self, simulators: Sequence[Simulator], addresses: Addresses) -> None:
        self._say(
            f"Still up. Endpoint: {addresses.data} (any key will do)\n"
            f"Control plane and its pages: {addresses.control}/docs"
        )
        for simulator in simulators:
            self._say(f"{simulator.profile.name}: {simulator.base_url}/simulator/profile")
        self._say(f"Try: curl {addresses.data}/models        Ctrl-C ends.")
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await stopped.wait()

    def _say(self, text: str) -> None:
        self.console.print(f"\n{text}", style="bold", markup=False, highlight=False)


def _profiles() -> list[Profile]:
    return [
        Profile(
            name=name,
            protocols=(protocol,),
            answer=f"I am {{name}}, and I speak {whose} protocol. You asked: {{question}}",
            first_token_delay_seconds=0.15,
            token_delay_seconds=0.03,
        )
        for name, (protocol, whose) in PROVIDERS.items()
    ]
