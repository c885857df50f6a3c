"""Gemini's token counts, brought to the canonical form.

Source: Gemini API and Vertex AI, `UsageMetadata`. There thinking is counted beside the candidates,
and the results of tools that run at the provider beside the prompt.
"""

import msgspec

from turnout.domain.inference.usage import TokenUsage


class _Modality(msgspec.Struct):
    modality: str | int = ""
    tokenCount: int = 0


class _Usage(msgspec.Struct):
    promptTokenCount: int | None = None
    toolUsePromptTokenCount: int | None = None
    cachedContentTokenCount: int | None = None
    candidatesTokenCount: int | None = None
    thoughtsTokenCount: int | None = None
    promptTokensDetails: list[_Modality] | None = None
    candidatesTokensDetails: list[_Modality] | None = None


_DECODE = msgspec.json.Decoder(_Usage).decode


def read_usage(raw: msgspec.Raw) -> TokenUsage | None:
    """Read a `usageMetadata` object; None for nothing, or where it holds no counts."""
    try:
        wire = _DECODE(raw)
    except msgspec.DecodeError:
        return None
    if wire.promptTokenCount is None and wire.candidatesTokenCount is None:
        return None
    prompt = (wire.promptTokenCount or 0) + (wire.toolUsePromptTokenCount or 0)
    thoughts = wire.thoughtsTokenCount or 0
    return TokenUsage(
        input_tokens=prompt,
        output_tokens=(wire.candidatesTokenCount or 0) + thoughts,
        cached_input_tokens=min(wire.cachedContentTokenCount or 0, prompt),
        reasoning_tokens=thoughts,
        audio_input_tokens=_audio(wire.promptTokensDetails),
        audio_output_tokens=_audio(wire.candidatesTokensDetails),
    )


def _audio(details: list[_Modality] | None) -> int:
    return sum(each.tokenCount for each in details or () if each.modality == "AUDIO")
