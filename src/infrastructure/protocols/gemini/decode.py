"""From a whole answer of generateContent to the canonical reply.

Source: Gemini API and Vertex AI, GenerateContentResponse. Parts of tools that run at the provider,
and parts that nobody knows yet, are passed over.
"""

import hashlib

import msgspec

from turnout.domain.inference.content import (
    Part,
    ReasoningPart,
    TextPart,
    ToolCallPart,
)
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import Choice, Finish, FinishKind, Reply
from turnout.infrastructure.protocols.error_status import RAW_LENGTH, malformed, unreadable
from turnout.infrastructure.protocols.gemini.failures import refuse_error
from turnout.infrastructure.protocols.gemini.logprobs import read_logprobs
from turnout.infrastructure.protocols.gemini.partial_calls import PartialArg
from turnout.infrastructure.protocols.gemini.parts import NAME, SIGNATURE_FIELD
from turnout.infrastructure.protocols.gemini.signatures import mark
from turnout.infrastructure.protocols.gemini.usage import read_usage

_NOTHING = msgspec.Raw(b"")

_REFUSED = (
    "SAFETY RECITATION LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII MODEL_ARMOR ESCALATION "
    "IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION PUP_LIMITED_DISABLED"
)
_FINISHES = {
    "STOP": FinishKind.STOP,
    "MAX_TOKENS": FinishKind.LENGTH,
    "CONTINUATION": FinishKind.LENGTH,
    **dict.fromkeys(_REFUSED.split(), FinishKind.CONTENT_FILTER),
}
_BROKEN = frozenset(
    {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL"}
    | {"MISSING_THOUGHT_SIGNATURE"}
)
"""Finish reasons of answers that are none: the model failed at what it began to write."""
_NUMBERED = ("FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER")
"""The finish reasons by their numbers, which some clients of Google's write out."""


class WireCall(msgspec.Struct, gc=False):
    """A `functionCall`."""

    name: str = ""
    id: str | None = None
    args: msgspec.Raw = msgspec.Raw(b"{}")
    partialArgs: list[PartialArg] = []
    willContinue: bool = False


class WirePart(msgspec.Struct, gc=False):
    """A `Part`, as far as it is read."""

    text: str | None = None
    thought: bool | None = None
    thoughtSignature: str | None = None
    functionCall: WireCall | None = None


class _Content(msgspec.Struct, gc=False):
    parts: list[WirePart] | None = None


class WireCandidate(msgspec.Struct, gc=False):
    """A `Candidate`, as far as it is read."""

    index: int = 0
    content: _Content | None = None
    finishReason: str | int | None = None
    finishMessage: str | None = None
    logprobsResult: msgspec.Raw = _NOTHING

    @property
    def parts(self) -> list[WirePart]:
        """The parts, perhaps none."""
        return (self.content and self.content.parts) or []

    def finish(self, *, calls: bool, raw: bytes) -> Finish | None:
        """Return why the candidate ended, None if it has not.

        Raises ProviderFailure MALFORMED where the model failed at its answer.
        """
        reason = self.finishReason
        if isinstance(reason, int):
            reason = _NUMBERED[reason] if 0 <= reason < len(_NUMBERED) else str(reason)
        if not reason:
            return None
        if reason in _BROKEN:
            raise malformed(f"the model's answer broke off: {self.finishMessage or reason}", raw)
        kind = _FINISHES.get(reason, FinishKind.OTHER)
        if calls and kind is FinishKind.STOP:
            kind = FinishKind.TOOL_CALLS
        return Finish(kind, reason)


class _Feedback(msgspec.Struct, gc=False):
    blockReason: str | int | None = None
    blockReasonMessage: str | None = None


class WireReply(msgspec.Struct, gc=False):
    """A `GenerateContentResponse`: a whole answer, or one chunk of a stream."""

    responseId: str = ""
    modelVersion: str = ""
    candidates: list[WireCandidate] | None = None
    promptFeedback: _Feedback | None = None
    usageMetadata: msgspec.Raw = _NOTHING

    def refuse_blocked(self, raw: bytes) -> None:
        """Raise ProviderFailure CONTENT_REFUSED if the prompt was blocked."""
        feedback = self.promptFeedback
        if feedback is not None and feedback.blockReason and not self.candidates:
            raise ProviderFailure(
                FailureKind.CONTENT_REFUSED,
                feedback.blockReasonMessage or f"the prompt was blocked: {feedback.blockReason}",
                raw=raw[:RAW_LENGTH],
            )


DECODE = msgspec.json.Decoder(WireReply).decode


def decode_reply(body: bytes) -> Reply:
    """Read a 2xx. Raises ProviderFailure: MALFORMED, CONTENT_REFUSED, or an error's inside."""
    try:
        wire = DECODE(body)
    except (msgspec.DecodeError, RecursionError) as fault:
        refuse_error(body)
        raise unreadable(body) from fault
    wire.refuse_blocked(body)
    if not wire.candidates:
        refuse_error(body)
        raise malformed("the provider's answer holds no candidates", body)
    choices = tuple(_choice(wire, candidate, body) for candidate in wire.candidates)
    return Reply(wire.responseId, wire.modelVersion, choices, read_usage(wire.usageMetadata))


def call_id(wire: WireReply, call: WireCall, *, choice: int, position: int) -> str:
    """Return a call's id: Gemini's own, or one that the same answer always gives."""
    if call.id:
        return call.id
    what = f"{wire.responseId}\n{choice}\n{position}\n{call.name}\n".encode() + bytes(call.args)
    return "call_" + hashlib.sha256(what).hexdigest()[:24]


def _choice(wire: WireReply, candidate: WireCandidate, body: bytes) -> Choice:
    parts: list[Part] = []
    calls = 0
    for part in candidate.parts:
        if part.functionCall is not None:
            id = call_id(wire, part.functionCall, choice=candidate.index, position=calls)
            parts.append(_call(id, part))
            calls += 1
        else:
            parts += _said(part)
    finish = candidate.finish(calls=calls > 0, raw=body)
    if finish is None:
        raise malformed("the provider's answer has no finishReason", body)
    return Choice(tuple(parts), finish, candidate.index, read_logprobs(candidate.logprobsResult))


def _call(id: str, part: WirePart) -> ToolCallPart:
    call = part.functionCall or WireCall()
    extras = {NAME: {SIGNATURE_FIELD: part.thoughtSignature}} if part.thoughtSignature else {}
    return ToolCallPart(id, call.name, bytes(call.args).decode(), extras)


def _said(part: WirePart) -> list[Part]:
    proof = mark(part.thoughtSignature)
    if part.thought:
        return [ReasoningPart(part.text or "", signature=proof)]
    if part.text is None:
        return []
    said: list[Part] = [ReasoningPart("", signature=proof)] if proof else []
    return [*said, TextPart(part.text)] if part.text else said
