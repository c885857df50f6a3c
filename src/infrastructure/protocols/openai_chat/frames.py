"""Reading a stream of chat completion chunks in passing: its bytes go on as they came.

Source: OpenAI's chat completions streaming, and the departures of other servers from it.
"""

import msgspec

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, ReplyEvent
from turnout.infrastructure.protocols.error_status import malformed
from turnout.infrastructure.protocols.openai_chat.failures import refuse_broken, refuse_error
from turnout.infrastructure.protocols.openai_chat.usage import read_usage

_NOTHING = msgspec.Raw(b"")
_SILENT_KEYS = frozenset({"role", "channel", "token_id"})
"""What a delta may hold without the caller seeing content in it."""


class _Choice(msgspec.Struct, gc=False):
    index: int = 0
    delta: dict[str, msgspec.Raw] | None = None
    finish_reason: str | None = None
    error: msgspec.Raw = _NOTHING
    usage: msgspec.Raw = _NOTHING


class _Groq(msgspec.Struct, gc=False):
    usage: msgspec.Raw = _NOTHING


class _Chunk(msgspec.Struct, gc=False):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = _NOTHING
    error: msgspec.Raw = _NOTHING
    x_groq: _Groq | None = None


_DECODE = msgspec.json.Decoder(_Chunk).decode


class StreamTap:
    """One answer under way. A StreamDecoder whose events are all NativeFrames."""

    __slots__ = ("_committed", "_done", "_finished", "_newline")

    def __init__(self) -> None:
        self._committed = False
        self._done = False
        self._finished: dict[int, bool] = {}
        self._newline = b"\n"

    def feed(self, block: bytes) -> list[ReplyEvent]:
        """See StreamDecoder. Comments are left out until the answer has begun."""
        if block.startswith(b"data: {"):
            try:
                return self._chunk(block, _DECODE(block[6:]))
            except msgspec.DecodeError:
                pass
        return self._odd(block)

    def end(self) -> list[ReplyEvent]:
        """See StreamDecoder. A `[DONE]` that the server left out is put in."""
        if self._done:
            return []
        if not self._finished or not all(self._finished.values()):
            raise ProviderFailure(
                FailureKind.TRANSPORT, "the provider's stream ended before the answer did"
            )
        return [NativeFrame(b"data: [DONE]" + self._newline * 2, commits=False, finished=True)]

    def _chunk(self, block: bytes, chunk: _Chunk) -> list[ReplyEvent]:
        usage = chunk.usage
        commits = finished = False
        if chunk.error or not chunk.choices:
            refuse_error(_payload(block) or b"", block)
        for choice in chunk.choices or ():
            if choice.delta and _shows(choice.delta):
                commits = True
            if choice.finish_reason:
                refuse_broken(choice.finish_reason, choice.error, block)
                self._finished[choice.index] = commits = finished = True
                self._newline = b"\r\n" if block.endswith(b"\r\n") else b"\n"
            else:
                self._finished.setdefault(choice.index, False)
            usage = choice.usage or usage
        if chunk.x_groq is not None:
            usage = chunk.x_groq.usage or usage
        if commits:
            self._committed = True
        tokens = read_usage(usage) if usage else None
        return [NativeFrame(block, commits, tokens, chunk.model, finished)]

    def _odd(self, block: bytes) -> list[ReplyEvent]:
        """Read a block that is not one line of data that holds a chunk."""
        payload = _payload(block)
        if payload is None:
            return [NativeFrame(block, commits=False)] if self._committed else []
        if payload == b"[DONE]":
            return self._finale(block)
        try:
            return self._chunk(block, _DECODE(payload))
        except msgspec.ValidationError:
            refuse_error(_payload(block) or b"", block)
            return [NativeFrame(block, commits=False)]
        except msgspec.DecodeError:
            return []

    def _finale(self, block: bytes) -> list[ReplyEvent]:
        if not self._committed:
            raise malformed("the provider's stream holds no answer", block)
        self._done = True
        return [NativeFrame(block, commits=False, finished=True)]


def _shows(delta: dict[str, msgspec.Raw]) -> bool:
    for key, value in delta.items():
        if (
            len(value) > 2
            and key not in _SILENT_KEYS
            and (len(value) > 4 or bytes(value) != b"null")
        ):
            return True
    return False


def _payload(block: bytes) -> bytes | None:
    """Join a block's data lines. llama.cpp's older servers name the field `error`."""
    lines = [
        line.partition(b":")[2].strip()
        for line in block.splitlines()
        if line.startswith((b"data:", b"error:"))
    ]
    return b"\n".join(lines) if lines else None
