"""`POST /v1/chat/completions`: a call in, a whole or a streamed answer out."""

from contextlib import aclosing
from dataclasses import dataclass

from turnout.application.ports.system import Clock
from turnout.application.relay.answers import RouteTaken
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import NativeFrame
from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body
from turnout.interfaces.relay.ingress.openai_chat.request import ChatCall, read_chat_call
from turnout.interfaces.relay.ingress.openai_chat.stream import ChunkWriter
from turnout.interfaces.relay.use_cases import Admits, ChatRelay


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """Raises what the relay raises, AccessDenied, InvalidRequest, BodyTooLarge and BodyCut."""

    relay: ChatRelay
    admission: Admits
    clock: Clock
    max_body_bytes: int

    async def __call__(self, exchange: Exchange) -> None:
        """Serve one request."""
        grant = self.admission.grant(exchange.presented_key())
        call = read_chat_call(await exchange.body(self.max_body_bytes))
        if call.request.stream:
            await self._stream(exchange, call, grant)
            return
        relayed = await self.relay.complete(call.request, grant)
        created = int(self.clock.epoch_seconds())
        body = reply_body(relayed.reply, fallback_id=_id(relayed.taken), created=created)
        exchange.answer(relayed.taken, body)

    async def _stream(self, exchange: Exchange, call: ChatCall, grant: Grant) -> None:
        relayed = await self.relay.stream(call.request, grant)
        async with aclosing(relayed.events) as events:
            taken = relayed.taken
            send = exchange.open_stream(taken).send_bytes
            created = int(self.clock.epoch_seconds())
            writer = ChunkWriter(_id(taken), taken.model, created, call.include_usage)
            native = False
            async for event in events:
                if isinstance(event, NativeFrame):
                    native = True
                    await send(event.data)
                elif data := writer.write(event):
                    await send(data)
            if not native:
                await send(writer.end())


def _id(taken: RouteTaken) -> str:
    return f"chatcmpl-{taken.request_id}"
