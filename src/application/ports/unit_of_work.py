"""All of a command's changes, or none."""

from types import TracebackType
from typing import Protocol, Self

from turnout.application.ports.repositories import Declarations, FallbackChains, Providers


class Work(Protocol):
    """A transaction. Leaving without commit undoes everything."""

    async def commit(self) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class UnitOfWork(Work, Protocol):
    """A transaction on the catalog.

    `commit` stores the aggregates and their events together, and raises the revision that workers
    watch, if anything happened.
    """

    @property
    def providers(self) -> Providers: ...

    @property
    def chains(self) -> FallbackChains: ...

    @property
    def declarations(self) -> Declarations: ...
