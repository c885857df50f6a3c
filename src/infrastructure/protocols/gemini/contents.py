"""From turns of a conversation to Gemini's `contents`.

Source: Gemini API, `Content`; "Function calling"; "Thought signatures".
"""

from collections.abc import Iterable, Mapping, Sequence

from turnout.domain.inference.content import (
    ImagePart,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.infrastructure.protocols.gemini.generation import Generation
from turnout.infrastructure.protocols.gemini.parts import (
    SIGNATURE_FIELD,
    Wire,
    encode_call,
    encode_media,
    encode_result,
)
from turnout.infrastructure.protocols.gemini.signatures import UNSIGNED, unmark
from turnout.infrastructure.protocols.turns import Placed, Turn


def encode_contents(turns: Sequence[Turn], model: Generation, dropped: list[str]) -> list[Wire]:
    """Write the turns. Where all of one was lost, its neighbours become one.

    Raises ProviderFailure UNSUPPORTED, InvalidRequest.
    """
    names = {
        placed.part.id: placed.part.name
        for turn in turns
        for placed in turn.placed
        if isinstance(placed.part, ToolCallPart)
    }
    contents: list[tuple[str, list[Wire]]] = []
    for turn in turns:
        if turn.by_model:
            role, parts = "model", _said_by_model(turn.placed, model, dropped)
        else:
            role, parts = "user", _said_by_user(turn.placed, names, model, dropped)
        if contents and contents[-1][0] == role:
            contents[-1][1].extend(parts)
        elif parts:
            contents.append((role, parts))
    return [{"role": role, "parts": parts} for role, parts in contents]


def encode_system(system: Iterable[Placed]) -> Wire | None:
    """Write the opening instructions, which are text alone."""
    texts = (placed.part for placed in system)
    parts = [{"text": part.text} for part in texts if isinstance(part, TextPart)]
    return {"parts": parts} if parts else None


def _said_by_user(
    turn: Iterable[Placed], names: Mapping[str, str], model: Generation, dropped: list[str]
) -> list[Wire]:
    parts: list[Wire] = []
    for placed in turn:
        match placed.part:
            case TextPart(text=text):
                parts.append({"text": text})
            case ToolResultPart() as result:
                parts += encode_result(result, names, placed.path, pictured=model.signs)
            case part:
                if isinstance(part, ImagePart) and part.detail not in (None, "auto"):
                    dropped.append(f"{placed.path}.detail")
                parts.append(encode_media(part, placed.path))
    # The results of functions have to come first in the turn that follows the calls.
    return sorted(parts, key=lambda part: "functionResponse" not in part)


def _said_by_model(turn: Iterable[Placed], model: Generation, dropped: list[str]) -> list[Wire]:
    parts: list[Wire] = []
    pending: str | None = None
    called = False
    for placed in turn:
        match placed.part:
            case ReasoningPart() as reasoning:
                pending = unmark(reasoning.signature) or pending
                parts += _thought(reasoning, placed.path, dropped)
            case TextPart(text=text):
                parts.append({"text": text} | _signed(pending))
                pending = None
            case ToolCallPart() as call:
                parts += _bearing(pending)
                pending = None
                signature = placed.own.get(SIGNATURE_FIELD)
                if signature is None and model.signs and not called:
                    signature = UNSIGNED
                called = True
                parts.append(encode_call(call) | _signed(signature))
            case part:
                parts.append(encode_media(part, placed.path))
    return parts + _bearing(pending)


def _bearing(signature: str | None) -> list[Wire]:
    return [] if signature is None else [{"text": "", "thoughtSignature": signature}]


def _signed(signature: object) -> Wire:
    return {} if signature is None else {"thoughtSignature": signature}


def _thought(part: ReasoningPart, path: str, dropped: list[str]) -> list[Wire]:
    """Write thinking as thought; sealed thinking and the proofs of others mean nothing here."""
    if part.redacted is not None or (part.signature and unmark(part.signature) is None):
        dropped.append(path)
        return []
    return [{"text": part.text, "thought": True}] if part.text else []
