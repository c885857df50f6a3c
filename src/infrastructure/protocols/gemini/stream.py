"""Reading a streamed answer of streamGenerateContent.

Source: Gemini API and Vertex AI, `streamGenerateContent?alt=sse`: every event is a whole
GenerateContentResponse with what is new; function calls come whole, and usage comes every time.
"""

from collections import Counter

import msgspec

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    ReasoningDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.infrastructure.protocols.event_data import event_data
from turnout.infrastructure.protocols.gemini.decode import (
    DECODE,
    WireCall,
    WireCandidate,
    WirePart,
    WireReply,
    call_id,
)
from turnout.infrastructure.protocols.gemini.failures import refuse_error
from turnout.infrastructure.protocols.gemini.logprobs import read_logprobs
from turnout.infrastructure.protocols.gemini.partial_calls import PartialArguments
from turnout.infrastructure.protocols.gemini.signatures import mark
from turnout.infrastructure.protocols.gemini.usage import read_usage


class ContentStream:
    """One answer under way. A StreamDecoder."""

    __slots__ = ("_calls", "_finished", "_open", "_partial", "_started")

    def __init__(self) -> None:
        self._started = False
        self._open: set[int] = set()
        self._finished: set[int] = set()
        self._calls: Counter[int] = Counter()
        """How many calls each choice has made."""
        self._partial: dict[int, PartialArguments] = {}
        """Arguments under way, by choice."""

    def feed(self, block: bytes) -> list[ReplyEvent]:
        """See StreamDecoder. What cannot be read is skipped."""
        data = event_data(block)
        if not data:
            return []
        try:
            wire = DECODE(data)
        except (msgspec.DecodeError, RecursionError):
            refuse_error(data)
            return []
        if wire.candidates is None:
            refuse_error(data)
            wire.refuse_blocked(data)
        return self._read(wire, data)

    def end(self) -> list[ReplyEvent]:
        """See StreamDecoder."""
        if self._open or not self._finished:
            raise ProviderFailure(
                FailureKind.TRANSPORT, "the provider's stream ended before the answer did"
            )
        return []

    def _read(self, wire: WireReply, data: bytes) -> list[ReplyEvent]:
        events: list[ReplyEvent] = []
        if not self._started:
            self._started = True
            events.append(ReplyStarted(wire.responseId, wire.modelVersion))
        for candidate in wire.candidates or ():
            events += self._candidate(wire, candidate, data)
        usage = read_usage(wire.usageMetadata)
        if usage is not None:
            events.append(UsageReported(usage))
        return events

    def _candidate(
        self, wire: WireReply, candidate: WireCandidate, data: bytes
    ) -> list[ReplyEvent]:
        choice = candidate.index
        if choice not in self._finished:
            self._open.add(choice)
        events: list[ReplyEvent] = []
        for part in candidate.parts:
            if part.functionCall is not None:
                events += self._call(wire, part.functionCall, part.thoughtSignature, choice)
            else:
                events += _said(part, candidate)
        finish = candidate.finish(calls=self._calls[choice] > 0, raw=data)
        if finish is not None:
            self._open.discard(choice)
            self._finished.add(choice)
            events.append(ChoiceFinished(finish, choice))
        return events

    def _call(
        self, wire: WireReply, call: WireCall, signature: str | None, choice: int
    ) -> list[ReplyEvent]:
        partial = self._partial.get(choice)
        if partial is not None:
            return self._more(call, partial, choice)
        index = self._calls[choice]
        self._calls[choice] += 1
        id = call_id(wire, call, choice=choice, position=index)
        started = ToolCallStarted(index, id, call.name, choice, signature)
        if call.willContinue:
            partial = self._partial[choice] = PartialArguments()
            return [started, *self._more(call, partial, choice)]
        return [started, ToolArgumentsDelta(index, bytes(call.args).decode(), choice)]

    def _more(self, call: WireCall, partial: PartialArguments, choice: int) -> list[ReplyEvent]:
        for arg in call.partialArgs:
            partial.add(arg)
        if call.willContinue:
            return []
        del self._partial[choice]
        return [ToolArgumentsDelta(self._calls[choice] - 1, partial.json(), choice)]


def _said(part: WirePart, candidate: WireCandidate) -> list[ReplyEvent]:
    proof = mark(part.thoughtSignature)
    if part.thought:
        return [ReasoningDelta(part.text or "", signature=proof, choice=candidate.index)]
    if part.text is None:
        return []
    events: list[ReplyEvent] = []
    if proof is not None:
        events.append(ReasoningDelta(signature=proof, choice=candidate.index))
    if part.text:
        logprobs = read_logprobs(candidate.logprobsResult)
        events.append(TextDelta(part.text, candidate.index, logprobs))
    return events
