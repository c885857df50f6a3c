"""The Python API, wired: `from turnout import AIProviderManager`."""

from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from turnout.bootstrap.control_container import ControlContainer
from turnout.bootstrap.in_process import in_process
from turnout.interfaces.python.gateway import Handlers, InProcessGateway


def _handlers(container: ControlContainer) -> Handlers:
    return Handlers(
        complete_chat=container.shared_chat(),
        embed=container.embed(),
        explain_route=container.explain_route(),
        list_models=container.list_models(),
        list_providers=container.list_providers(),
        enable_provider=container.enable_provider(),
        refresh_snapshot=container.refresh_snapshot(),
        health=container.health(),
        clock=container.clock(),
    )


class AIProviderManager(InProcessGateway):
    """A gateway from a configuration file, for `async with`.

    Entering raises BadConfiguration with every fault of the file.
    """

    __slots__ = ("_path", "_stack")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = AsyncExitStack()

    @classmethod
    def from_config(cls, path: str | Path) -> Self:
        """Return the manager of the file at `path`; it is read when entered."""
        return cls(Path(path))

    async def __aenter__(self) -> Self:
        container = await self._stack.enter_async_context(in_process(self._path))
        self.handlers = _handlers(container)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
