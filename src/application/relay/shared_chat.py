"""SharedChat: chat calls that need not ask alone: from the cache, or with others from one call."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from functools import partial

from turnout.application.ports.response_cache import CachedAnswer, CacheKey
from turnout.application.ports.system import Clock
from turnout.application.relay.answers import RelayedReply, RelayedStream, RouteTaken
from turnout.application.relay.complete_chat import CompleteChat
from turnout.application.relay.elsewhere import Elsewhere
from turnout.application.relay.flight import AnyFlight, Departures, Flight, StreamFlight
from turnout.application.relay.kept_answers import KeptAnswers
from turnout.application.relay.passage import Passage
from turnout.application.relay.shared_call import FrameWriter, SharedCall, Worded
from turnout.application.relay.shared_stream import Allowance, Reader
from turnout.application.relay.sharers import Sharers
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import ProviderFailure
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
    elsewhere: Elsewhere
    replies: Departures[Flight[Worded]] = field(default_factory=Departures)
    streams: Departures[StreamFlight] = field(default_factory=Departures)

    async def complete(self, request: ChatRequest, grant: Grant) -> RelayedReply:
        """Return the whole answer; see CompleteChat."""
        call = self._admitted(request, grant)
        if call is None:
            return await self.relay.complete(request, grant)
        kept = await self.kept.find(call)
        if kept is not None:
            return self._hit(call, kept)
        collected = await self._collected(call)
        if collected is not None:
            return collected
        if self.replies.find((call.key, call.sharing.form)) is None:
            kept = await self.elsewhere.awaited(call)
            if kept is not None:
                return self._hit(call, kept)
        flight, status = self._flight(call, self.replies, Flight, self._ask_whole)
        try:
            worded = await flight.board()
        except Exception as error:
            self.sharers.failed(call, status, error)
            raise
        await flight.leave()
        taken = self.sharers.told(call, worded.taken, status)
        self.sharers.record(call, taken, worded.reply.usage)
        return RelayedReply(taken, worded.reply)

    def _hit(self, call: SharedCall, kept: CachedAnswer) -> RelayedReply:
        taken = self.sharers.hit(call, kept, self.kept.age_seconds(kept))
        return RelayedReply(taken, NativeReply(kept.body, kept.named_model, kept.usage))

    async def stream(self, request: ChatRequest, grant: Grant) -> RelayedStream:
        """Return the answer from its commit point on; see CompleteChat."""
        call = self._admitted(request, grant)
        if call is None:
            return await self.relay.stream(request, grant)
        kept = await self.kept.find(call)
        if kept is not None:
            taken = self.sharers.hit(call, kept, self.kept.age_seconds(kept))
            return RelayedStream(taken, _replayed(kept))
        new = partial(StreamFlight, allowance=self.allowance, form=call.sharing.form)
        flight, status = self._flight(call, self.streams, new, self._ask_stream)
        taken, reader = await self._boarded(call, flight, status)

        def left() -> None:
            self.sharers.record(call, taken, flight.stream.usage, flight.stream.failure)

        return RelayedStream(taken, Passage(flight, reader, left))

    async def _boarded(
        self, call: SharedCall, flight: StreamFlight, status: CacheStatus
    ) -> tuple[RouteTaken, Reader]:
        """Come aboard; the reader begins at the beginning. Raises what the flight fails by."""
        reader = flight.stream.reader()
        try:
            return self.sharers.told(call, await flight.board(), status), reader
        except BaseException as error:
            reader.leave()
            if isinstance(error, Exception):
                self.sharers.failed(call, status, error)
            raise

    async def _collected(self, call: SharedCall) -> RelayedReply | None:
        """Return a whole answer from a stream that others have begun, read to its end.

        None where there is no such stream, or it breaks off, or something would have to be guessed.
        """
        flight = self.streams.find(call.key) if call.policy.single_flight else None
        if flight is None or not self._accepts(call, flight):
            return None
        taken, reader = await self._boarded(call, flight, CacheStatus.SHARED)
        async with aclosing(Passage(flight, reader, _nothing_to_note)) as frames:
            try:
                body = b"".join([frame.data async for frame in frames])
            except ProviderFailure:
                return None
        stream = flight.stream
        whole = call.sharing.wording.reworded(body, flight.form, stream.usage)
        if whole is None:
            return None
        self.sharers.record(call, taken, stream.usage)
        return RelayedReply(taken, NativeReply(whole, stream.model, stream.usage))

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

    def _accepts(self, call: SharedCall, under_way: AnyFlight) -> bool:
        """Tell whether the answer of a flight is new enough for a call that came after."""
        return call.sharing.wish.accepts(call.began_seconds - under_way.started_seconds)

    def _flight(
        self,
        call: SharedCall,
        departures: Departures[AnyFlight],
        new: Callable[[float], AnyFlight],
        ask: "Asking[AnyFlight]",
    ) -> tuple[AnyFlight, CacheStatus]:
        """Return the flight to board: one that others have begun, or a new one."""
        key = (call.key, call.sharing.form)
        if call.policy.single_flight:
            under_way = departures.find(key)
            if under_way and self._accepts(call, under_way):
                return under_way, CacheStatus.SHARED
        flight, keys = new(call.began_seconds), (key, call.key)
        if call.policy.single_flight:
            departures.announce(keys, flight)
        departures.depart(keys, flight, self._fly(call, flight, ask))
        return flight, CacheStatus.MISS

    async def _fly(self, call: SharedCall, flight: AnyFlight, ask: "Asking[AnyFlight]") -> None:
        """Make the call. Its complete answer can be joined until it is in the cache."""
        told = nullcontext() if isinstance(flight, StreamFlight) else self.elsewhere.told(call)
        async with told:
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
        if body is None or writer.is_rescued:
            return None
        return Worded(relayed.taken, NativeReply(body, stream.model, stream.usage))


def _nothing_to_note() -> None:
    """Leave without a record of its own."""


async def _replayed(kept: CachedAnswer) -> AsyncGenerator[NativeFrame, None]:
    yield NativeFrame(kept.body, True, kept.usage, kept.named_model, finished=True)
