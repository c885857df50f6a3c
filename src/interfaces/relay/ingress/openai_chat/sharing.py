"""What the relay must know of a chat call before its answer may be shared."""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

from turnout.application.ports.system import Clock
from turnout.domain.inference.reply import Reply
from turnout.domain.inference.sharing import CacheWish, Sharing
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.ingress.openai_chat.replay import stream_of, whole_of
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body
from turnout.interfaces.relay.ingress.openai_chat.request import ChatCall
from turnout.interfaces.relay.ingress.openai_chat.stream import ChunkWriter

WHOLE = "whole"
STREAM = "stream"
STREAM_WITH_USAGE = "stream+usage"

_DECODE: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_ENCODE = msgspec.json.Encoder(order="deterministic").encode


def sharing_of(call: ChatCall, body: bytes, wish: CacheWish, clock: Clock) -> Sharing:
    """Return what may be shared of the answer to `call`, whose body is `body`."""
    form = WHOLE
    if call.request.stream:
        form = STREAM_WITH_USAGE if call.include_usage else STREAM
    return Sharing(
        repeatable=call.repeatable,
        acts=call.acts,
        wish=wish,
        form=form,
        fingerprint=partial(fingerprint, body),
        wording=ChatWording(form, clock),
    )


def fingerprint(body: bytes) -> bytes:
    """Return a digest of all that a call asks, however its JSON is written.

    Left out is only what decides the form of the answer: `stream`, and whether usage comes with
    it. Who asks (`user`, `metadata`) stays in: some servers answer each user differently.
    """
    try:
        asked: dict[str, object] = _DECODE.decode(body)
    except (msgspec.DecodeError, RecursionError):
        # A number that no float holds, say: the provider may still know what to do with it.
        return sha256(body).digest()
    asked.pop("stream", None)
    options = asked.pop("stream_options", None)
    if isinstance(options, dict):
        options.pop("include_usage", None)
        if options:
            asked["stream_options"] = options
    return sha256(_ENCODE(asked)).digest()


@dataclass(slots=True)
class ChatWording:
    """A Wording of answers to one call, which asks for `form`."""

    form: str
    clock: Clock

    def whole(self, reply: Reply, request: RequestId) -> bytes:
        """See Wording."""
        return reply_body(reply, fallback_id=f"chatcmpl-{request}", created=self._now())

    def writer(self, request: RequestId, model: str) -> ChunkWriter:
        """See Wording."""
        include_usage = self.form == STREAM_WITH_USAGE
        return ChunkWriter(f"chatcmpl-{request}", model, self._now(), include_usage)

    def reworded(self, answer: bytes, form: str, usage: TokenUsage | None) -> bytes | None:
        """See Wording."""
        whole = answer if form == WHOLE else whole_of(answer, usage)
        if whole is None or self.form == WHOLE:
            return whole
        return stream_of(whole, include_usage=self.form == STREAM_WITH_USAGE)

    def _now(self) -> int:
        return int(self.clock.epoch_seconds())
