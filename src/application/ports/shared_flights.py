"""Which calls some replica is making, so that the others can wait for its answer."""

from typing import Protocol

from turnout.application.ports.response_cache import CacheKey


class SharedFlights(Protocol):
    """Claims that lapse by themselves. No method raises: who cannot ask does not wait."""

    async def claim(self, key: CacheKey, seconds: float) -> bool:
        """Say that this replica makes the call, unless another one does; tell whether it does."""
        ...

    async def is_claimed(self, key: CacheKey) -> bool:
        """Tell whether somebody makes the call."""
        ...

    async def renew(self, key: CacheKey, seconds: float) -> None:
        """Go on for so long."""
        ...

    async def release(self, key: CacheKey) -> None:
        """The call is over. What another replica has claimed stays."""
        ...
