"""`POST /v1/chat/completions`: a call in, a whole or a streamed answer out."""

from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from turnout.application.ports.system import Clock, IdSource
from turnout.application.relay.answers import RouteTaken
from turnout.application.relay.tracing import Tracing
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import NativeFrame, Rescued
from turnout.domain.inference.sharing import Sharing
from turnout.interfaces.relay.cache_wish import read_wish
from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_chat.late_head import LateHead
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body
from turnout.interfaces.relay.ingress.openai_chat.request import ChatCall, read_chat_call
from turnout.interfaces.relay.ingress.openai_chat.sharing import sharing_of
from turnout.interfaces.relay.ingress.openai_chat.stream import ChunkWriter
from turnout.interfaces.relay.rsgi.wire import Headers
from turnout.interfaces.relay.use_cases import Admits, ChatRelay

CHAT = "chat"


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """Raises what the relay raises, AccessDenied, InvalidRequest, BodyTooLarge and BodyCut.

    A stream gives a sign of life whenever it has been silent for `beat_ticks`; 0 is never.
    """

    relay: ChatRelay
    admission: Admits
    clock: Clock
    ids: IdSource
    max_body_bytes: int
    tracing: Tracing
    beat_ticks: int

    async def __call__(self, exchange: Exchange) -> None:
        """Serve one request."""
        request_id = self.ids.next_request()
        exchange.relays(CHAT, request_id)
        grant = exchange.grant = self.admission.grant(exchange.presented_key(), exchange.source)
        body = await exchange.body(self.max_body_bytes)
        call = read_chat_call(body)
        exchange.asked_model, exchange.streamed = call.request.model, call.request.stream
        exchange.trace = self.tracing.begin(request_id, exchange.headers.get)
        call.request.id = request_id
        call.request.sharing = partial(self._sharing, call, body, exchange.headers)
        call.request.header = exchange.headers.get
        if call.request.stream:
            await self._stream(exchange, call, grant)
            return
        relayed = await self.relay.complete(call.request, grant)
        exchange.meter = call.request.meter
        created = int(self.clock.epoch_seconds())
        answer = reply_body(relayed.reply, fallback_id=_id(relayed.taken), created=created)
        exchange.answer(relayed.taken, answer)

    async def _stream(self, exchange: Exchange, call: ChatCall, grant: Grant) -> None:
        outflow = exchange.expect_stream(self.beat_ticks)
        relayed = await self.relay.stream(call.request, grant)
        exchange.meter = call.request.meter
        async with aclosing(relayed.events) as events:
            taken = relayed.taken
            send = outflow.begin(exchange.stream_head(taken))
            late = LateHead(taken) if outflow.is_early else None
            created = int(self.clock.epoch_seconds())
            writer = ChunkWriter(_id(taken), taken.model, created, call.include_usage)
            native = False
            async for event in events:
                if isinstance(event, NativeFrame):
                    native, data = True, event.data
                elif isinstance(event, Rescued):
                    exchange.rescuers = event.providers[1:]
                    writer.write(event)
                    continue
                elif not (data := writer.write(event)):
                    continue
                await send(data if late is None else late.put_into(data))
                outflow.handed_bytes += len(data)
                if outflow.handed_bytes > outflow.mark_bytes:
                    await outflow.drained()
            if not native:
                await send(writer.end())

    def _sharing(self, call: ChatCall, body: bytes, headers: Headers) -> Sharing:
        return sharing_of(call, body, read_wish(headers), self.clock)


def _id(taken: RouteTaken) -> str:
    return f"chatcmpl-{taken.request_id}"
