"""The native lane of a protocol whose answers we can read: bytes go on as they came."""

from turnout.domain.inference.reply import (
    ChoiceFinished,
    NativeFrame,
    NativeReply,
    Reply,
    ReplyEvent,
    ReplyStarted,
    UsageReported,
    commits,
)
from turnout.infrastructure.protocols.codec import StreamDecoder


def native_reply(body: bytes, reply: Reply) -> NativeReply:
    """Wrap a whole answer that was read as `reply`."""
    return NativeReply(body, reply.model or None, reply.usage)


class NativeTap:
    """A StreamDecoder that reads along with another one and passes the bytes on."""

    __slots__ = ("_decoder",)

    def __init__(self, decoder: StreamDecoder) -> None:
        self._decoder = decoder

    def feed(self, block: bytes) -> list[ReplyEvent]:
        """See StreamDecoder. Always one frame, also where the event says nothing."""
        events = self._decoder.feed(block)
        usage = model = None
        finished = False
        for event in events:
            match event:
                case UsageReported():
                    usage = event.usage
                case ReplyStarted():
                    model = event.model or None
                case ChoiceFinished():
                    finished = True
        shows = any(commits(event) for event in events)
        return [NativeFrame(block, shows, usage, model, finished)]

    def end(self) -> list[ReplyEvent]:
        """See StreamDecoder."""
        self._decoder.end()
        return []
