"""ValkeySignals: what replicas call out to each other, over one channel."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from turnout.application.ports.signals import Topic
from turnout.infrastructure.valkey.link import SharedStateAway, ValkeyLink, client_of

AGAIN_SECONDS = 1.0
"""How long after a connection was lost another one is tried."""
PATIENCE_SECONDS = 5.0
"""How often a silent connection is asked whether it is still one."""


class ValkeySignals:
    """Sends over the link, and listens on a connection of its own.

    A sender hears itself too. Whoever connects, at first or again, hears every topic once: nobody
    knows what was called out meanwhile.
    """

    def __init__(self, url: str, link: ValkeyLink) -> None:
        self._url = url
        self._link = link
        self._channel = link.key("signals")
        self._waiting: set[Topic] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._hearers: list[tuple[Topic, Callable[[], None]]] = []
        self._task: asyncio.Task[None] | None = None

    def hear(self, topic: Topic, hearer: Callable[[], None]) -> None:
        """Have `hearer` called when something is called out on `topic`."""
        self._hearers.append((topic, hearer))

    def send(self, topic: Topic) -> None:
        """See Signals. What has not gone out yet is sent once."""
        if topic not in self._waiting:
            self._waiting.add(topic)
            task = asyncio.get_running_loop().create_task(self._publish(topic))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def start(self) -> None:
        """Begin to listen; nothing is waited for."""
        self._task = asyncio.create_task(self._listen(), name="signals")

    async def stop(self) -> None:
        """Listen no longer; what is being sent goes out."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._sending:
            await asyncio.wait(self._sending)

    async def _publish(self, topic: Topic) -> None:
        await asyncio.sleep(0)  # whatever happens at the same moment is one signal
        self._waiting.discard(topic)
        with suppress(SharedStateAway):
            await self._link.ask(lambda client: client.publish(self._channel, topic.value))

    async def _listen(self) -> None:
        client = client_of(self._url, None)
        try:
            while True:
                with suppress(RedisError, OSError):
                    await self._hear_out(client)
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            await client.aclose()

    async def _hear_out(self, client: Redis) -> None:
        async with client.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            for topic in Topic:
                self._tell(topic)
            while True:
                message = await subscription.get_message(timeout=PATIENCE_SECONDS)
                if message is None:
                    await subscription.ping()
                elif message["type"] == "message":
                    self._heard(message["data"])

    def _heard(self, data: bytes) -> None:
        with suppress(ValueError):  # a later version's word
            self._tell(Topic(data.decode()))

    def _tell(self, topic: Topic) -> None:
        for heeded, hearer in self._hearers:
            if heeded is topic:
                hearer()
