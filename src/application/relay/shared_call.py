"""SharedCall: one request whose answer may be shared, and the words in which it is told."""

from dataclasses import dataclass

from turnout.application.ports.response_cache import CacheKey
from turnout.application.relay.answers import RelayedReply, RouteTaken
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.reply import (
    NativeFrame,
    NativeReply,
    ReplyEvent,
    Rescued,
    UsageReported,
    commits,
)
from turnout.domain.inference.request import ChatRequest
from turnout.domain.inference.sharing import AnswerWriter, Sharing
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.routing.cache_policy import CachePolicy
from turnout.domain.routing.route import Route


@dataclass(slots=True)
class SharedCall:
    """A request that the policy admits, as it came at `began_seconds` of the monotonic clock.

    There is one for every such request, and it is not frozen since that would cost more.
    """

    request: ChatRequest
    grant: Grant
    sharing: Sharing
    policy: CachePolicy
    route: Route
    key: CacheKey
    began_seconds: float

    def worded(self, relayed: RelayedReply) -> "Worded":
        """Return a whole answer in the caller's protocol."""
        taken, reply = relayed.taken, relayed.reply
        if isinstance(reply, NativeReply):
            return Worded(taken, reply)
        body = self.sharing.wording.whole(reply, taken.request_id)
        return Worded(taken, NativeReply(body, reply.model, reply.usage))


@dataclass(frozen=True, slots=True)
class Worded:
    """A complete answer in the caller's protocol, whole or a stream's bytes, and its way."""

    taken: RouteTaken
    reply: NativeReply


class FrameWriter:
    """Turns the events of one answer into frames, once for all who read it."""

    __slots__ = ("_call", "_taken", "_usage", "_writer", "is_rescued")

    def __init__(self, call: SharedCall, taken: RouteTaken) -> None:
        self._call = call
        self._taken = taken
        self._writer: AnswerWriter | None = None
        self._usage: TokenUsage | None = None
        self.is_rescued = False
        """Whether more than one attempt has told the answer."""

    def frame(self, event: ReplyEvent) -> NativeFrame | None:
        """Return the frame that tells `event`; None where it says nothing yet."""
        if isinstance(event, NativeFrame):
            return event
        if isinstance(event, Rescued):
            self.is_rescued = True
            if self._writer is None:  # what follows is frames, and tells it by itself
                return None
        if self._writer is None:
            wording, taken = self._call.sharing.wording, self._taken
            self._writer = wording.writer(taken.request_id, taken.model)
        if isinstance(event, UsageReported):
            self._usage = event.usage
        data = self._writer.write(event)
        return NativeFrame(data, commits(event)) if data else None

    def end(self) -> NativeFrame | None:
        """Return the end of a complete answer, where the provider did not write it itself."""
        if self._writer is None:
            return None
        return NativeFrame(self._writer.end(), commits=False, usage=self._usage, finished=True)
