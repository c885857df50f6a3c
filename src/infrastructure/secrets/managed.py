"""ManagedSecrets: what secret managers keep, read beforehand and again and again."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from turnout.application.ports.secret_store import SecretMissing
from turnout.application.ports.system import Clock

RETRY_SECONDS = 5.0
"""After a failure."""


class SecretReader(Protocol):
    """Reads one secret at a time, and may block for as long as its own time limits let it."""

    def read(self, name: str, field: str | None) -> str:
        """Return the secret `name`, or one field of it. Raises what its library raises."""
        ...


class UnreadableSecret(Exception):
    """A manager cannot be used, or has no such secret; the message says why and is no secret."""


class ManagedSecrets:
    """A SecretStore for references like `vault:PATH#FIELD`; `managers` are made when first needed.

    `reveal` never waits: it gives what was read last, and notes what it was asked for. `refresh`
    reads all of that; a secret that cannot be read stays what it was.
    """

    def __init__(
        self,
        managers: Mapping[str, Callable[[], SecretReader]],
        clock: Clock,
        *,
        timeout_seconds: float,
        refresh_seconds: float,
    ) -> None:
        self._makers = managers
        self._clock = clock
        self._made: dict[str, SecretReader] = {}
        self._timeout = timeout_seconds
        self._every = refresh_seconds
        self._due = 0.0
        self._kept: dict[str, str] = {}
        self._problems: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._changed = False

    def reveal(self, reference: str) -> str:
        """Return the secret. Raises SecretMissing, also while it has not been read yet."""
        self._wanted.add(reference)
        secret = self._kept.get(reference)
        if secret is None:
            problem = self._problems.get(reference, "it has not been read yet")
            raise SecretMissing(reference, f"{reference}: {problem}")
        return secret

    async def refresh_if_due(self) -> None:
        """Refresh if it is time, or if something is wanted that has never been read."""
        if self._lacks_any() or self._clock.monotonic_seconds() >= self._due:
            await self.refresh()

    async def refresh(self) -> None:
        """Read everything that was asked for. Raises SecretMissing for the first that failed."""
        self._due = self._clock.monotonic_seconds() + self._every
        wanted = sorted(self._wanted)
        await asyncio.gather(*map(self._read, wanted))
        for reference in wanted:
            if reference in self._problems:
                self._due = min(self._due, self._clock.monotonic_seconds() + RETRY_SECONDS)
                raise SecretMissing(reference, f"{reference}: {self._problems[reference]}")

    def take_change(self) -> bool:
        """Tell whether any secret is another one than when this was asked last."""
        changed, self._changed = self._changed, False
        return changed

    def _lacks_any(self) -> bool:
        """Tell whether something was asked for that has never been read, or tried to be."""
        return bool(self._wanted - self._kept.keys() - self._problems.keys())

    async def _read(self, reference: str) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                secret = await asyncio.to_thread(self._ask, reference)
        except TimeoutError:
            self._problems[reference] = f"no answer within {self._timeout:g} s"
        except UnreadableSecret as fault:
            self._problems[reference] = str(fault)
        except Exception as error:  # a library's own words may say more than anybody should read
            self._problems[reference] = f"reading it failed with {type(error).__name__}"
        else:
            self._problems.pop(reference, None)
            if self._kept.get(reference) != secret:
                self._kept[reference] = secret
                self._changed = True

    def _ask(self, reference: str) -> str:
        kind, _, rest = reference.partition(":")
        name, _, field = rest.partition("#")
        manager = self._made.get(kind)
        if manager is None:
            manager = self._made[kind] = self._makers[kind]()
        return manager.read(name, field or None)
