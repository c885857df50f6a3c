"""SharedChat: chat calls that need not ask alone: from the cache, or with others from one call."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.application.ports.system import Clock
from turnout.application.relay.answers import RelayedReply, RelayedStream
from turnout.application.relay.complete_chat import CompleteChat
from turnout.application.relay.flight import AnyFlight, Departures, Flight, StreamFlight
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.passage import Passage
from turnout.application.relay.shared_call import FrameWriter, SharedCall, Worded
from turnout.application.relay.shared_stream import Allowance
from turnout.application.relay.sharers import Sharers
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import NativeFrame, NativeReply
from turnout.domain.inference.request import ChatRequest
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.routing.cache_policy import CachePolicy

Asking = Callable[[SharedCall, AnyFlight], Awaitable[Worded | None]]
"""Makes the upstream call of a flight; returns what of it may be kept."""


@dataclass(frozen=True, slots=True)
class SharedChat:
    """CompleteChat's two ways, for calls whose policy lets them share; the others pass through.

    An error of a shared call goes to all who wait for it, and bears the id of the request that
    began it.
    """

    relay: CompleteChat
    holder: SnapshotHolder
    policy: CachePolicy
    kept: KeptAnswers
    sharers: Sharers
    clock: Clock
    allowance: Allowance
    replies: Departures[Flight[Worded]] = field(default_factory=Departures)
    streams: Departures[StreamFlight] = field(default_factory=Departures)

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        """Return the whole answer; see CompleteChat."""
        call = self._admitted(request, grant)
        if call is None:
            return await self.relay.complete(request, grant)
        kept = await self.kept.find(call)
        if kept is not None:
            taken = self.sharers.hit(call, kept, self.kept.age_seconds(kept))
            return RelayedReply(taken, NativeReply(kept.body, kept.named_model, kept.usage))
        flight, status = self._flight(call, self.replies, Flight, self._ask_whole)
        worded = await flight.board()
        await flight.leave()
        taken = self.sharers.told(call, worded.taken, status)
        self.sharers.record(call, taken, worded.reply.usage)
        return RelayedReply(taken, worded.reply)

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        """Return the answer from its commit point on; see CompleteChat."""
        call = self._admitted(request, grant)
        if call is None:
            return await self.relay.stream(request, grant)
        kept = await self.kept.find(call)
        if kept is not None:
            taken = self.sharers.hit(call, kept, self.kept.age_seconds(kept))
            return RelayedStream(taken, _replayed(kept))
        flight, status = self._flight(call, self.streams, self._stream_flight, self._ask_stream)
        reader = flight.stream.reader()
        try:
            taken = self.sharers.told(call, await flight.board(), status)
        except BaseException:
            reader.leave()
            raise

        def left() -> None:
            self.sharers.record(call, taken, flight.stream.usage)

        return RelayedStream(taken, Passage(flight, reader, left))

    async def all_done(self) -> None:
        """Wait for what is still under way or being kept."""
        await self.replies.all_done()
        await self.streams.all_done()

    def _admitted(self, request: ChatRequest, grant: Grant) -> SharedCall | None:
        route = self.holder.current.route(request.model, grant.scope)
        if route is None or request.sharing is None:
            return None
        policy = self.policy.under(route.cache)
        if not policy.in_force:
            return None
        sharing = request.sharing()
        if not policy.admits(sharing):
            return None
        key = CacheKey(grant.tenant, request.protocol, request.model, sharing.fingerprint())
        now = self.clock.monotonic_seconds()
        return SharedCall(request, grant, sharing, policy, route, key, now)

    def _stream_flight(self, now: float) -> StreamFlight:
        return StreamFlight(now, self.allowance)

    def _flight(
        self,
        call: SharedCall,
        departures: Departures[AnyFlight],
        new: Callable[[float], AnyFlight],
        ask: "Asking[AnyFlight]",
    ) -> tuple[AnyFlight, CacheStatus]:
        """Return the flight to board: one that others have begun, or a new one."""
        key, now = (call.key, call.sharing.form), call.began_seconds
        if call.policy.single_flight:
            under_way = departures.find(key)
            if under_way and call.sharing.wish.accepts(now - under_way.started_seconds):
                return under_way, CacheStatus.SHARED
        flight = new(now)
        if call.policy.single_flight:
            departures.announce(key, flight)
        departures.depart(key, flight, self._fly(call, flight, ask))
        return flight, CacheStatus.MISS

    async def _fly(self, call: SharedCall, flight: AnyFlight, ask: "Asking[AnyFlight]") -> None:
        """Make the call. Its complete answer can be joined until it is in the cache."""
        try:
            answer = await ask(call, flight)
        except Exception as error:
            flight.fail(error)
        except BaseException as error:
            flight.fail(error)
            raise
        else:
            if answer is not None:
                await self.kept.keep(call, answer)
            flight.close()

    async def _ask_whole(self, call: SharedCall, flight: Flight[Worded]) -> Worded:
        worded = call.worded(await self.relay.complete(call.request, call.grant))
        flight.begin(worded)
        flight.finish()
        return worded

    async def _ask_stream(self, call: SharedCall, flight: StreamFlight) -> Worded | None:
        relayed = await self.relay.stream(call.request, call.grant)
        flight.begin(relayed.taken)
        stream, writer = flight.stream, FrameWriter(call, relayed.taken)
        async with aclosing(relayed.events) as events:
            async for event in events:
                frame = writer.frame(event)
                if frame is not None:
                    stream.add(frame)
                    if stream.is_far_ahead:
                        await stream.room()
        end = writer.end()
        if end is not None:
            stream.add(end)
        stream.end()
        flight.finish()
        body = stream.body()
        if body is None:
            return None
        return Worded(relayed.taken, NativeReply(body, stream.model, stream.usage))


async def _replayed(kept: CachedAnswer) -> AsyncGenerator[NativeFrame, None]:
    yield NativeFrame(kept.body, True, kept.usage, kept.named_model, finished=True)
