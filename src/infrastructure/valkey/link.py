"""ValkeyLink: the way to the server that replicas share; it costs nothing while that is dead."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unconnected
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as TimedOut
from redis.maint_notifications import MaintNotificationsConfig

from turnout.application.ports.system import Clock

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

MOST_CONNECTIONS = 32
REST_SECONDS = 2.0
"""How long a server that did not answer is left alone before one call tries it again."""
TIMEOUTS_TO_REST = 3
"""So many calls in a row without an answer in time count as a dead server; no connection, one."""


class SharedStateAway(Exception):
    """The server cannot be asked now, or did not answer in time; what it did is not known."""


class ValkeyLink:
    """One per process: a pool of connections, a bound on every call, and rest for a dead server.

    Nothing is opened before the first call, and what was lost is opened again by the next one.
    `failures` counts calls that went wrong, `spared` those that were not made meanwhile.
    """

    def __init__(self, url: str, clock: Clock, *, key_prefix: str, timeout_seconds: float) -> None:
        self._client = client_of(url, timeout_seconds)
        self._clock = clock
        self._prefix = key_prefix
        self._timeout_seconds = timeout_seconds
        self._rests_until = 0.0
        self._is_trying = False
        self._in_a_row = 0
        self.failures = 0
        self.spared = 0

    @property
    def is_away(self) -> bool:
        """Whether the server was found dead and has not answered since."""
        return self._rests_until > 0.0

    def key(self, *parts: str) -> str:
        """Return the name of what is kept: `PREFIX:PART:PART`."""
        return ":".join((self._prefix, *parts))

    async def ask(self, question: Callable[["Redis"], Awaitable[Answer]]) -> Answer:
        """Return what `question`, one call or pipeline, answers. Raises SharedStateAway.

        Never takes longer than the bound. A question that the server refuses is no sign of death.
        """
        is_trial = self._begun()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                answer = await question(self._client)
        except (TimeoutError, TimedOut):
            self._in_a_row += 1
            self._failed("no answer in time", self._in_a_row >= TIMEOUTS_TO_REST)
            raise SharedStateAway("no answer in time") from None
        except (Unconnected, OSError) as problem:
            self._failed(str(problem), True)
            raise SharedStateAway(str(problem)) from None
        except RedisError as refusal:
            self.failures += 1
            logger.warning("shared state: refused: %s", refusal)
            raise SharedStateAway(str(refusal)) from None
        finally:
            if is_trial:
                self._is_trying = False
        self._well()
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _begun(self) -> bool:
        """Tell whether this call tries a dead server. Raises SharedStateAway."""
        if not self.is_away:
            return False
        if self._is_trying or self._clock.monotonic_seconds() < self._rests_until:
            self.spared += 1
            raise SharedStateAway("the server did not answer a moment ago")
        self._is_trying = True
        return True

    def _failed(self, why: str, is_dead: bool) -> None:
        self.failures += 1
        if not (is_dead or self.is_away):
            return
        if not self.is_away:
            logger.warning("shared state: away: %s", why)
        self._rests_until = self._clock.monotonic_seconds() + REST_SECONDS

    def _well(self) -> None:
        self._in_a_row = 0
        if self.is_away:
            self._rests_until = 0.0
            logger.warning("shared state: back")


def client_of(url: str, timeout_seconds: float | None) -> "Redis":
    """Return a client that tries nothing twice; None: it waits for ever once it is connected."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=None,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds or 1.0,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return Redis.from_pool(pool)
