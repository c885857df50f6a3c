"""Token counts as OpenAI-compatible servers report them, brought to the canonical form.

Source: the `usage` object of OpenAI's chat completions and embeddings, and what other servers were
seen to make of it.
"""

import msgspec

from turnout.domain.inference.usage import TokenUsage


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None
    audio_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    # DeepSeek; Moonshot and Mistral; Together: counts that others keep among the details.
    prompt_cache_hit_tokens: int | None = None
    cached_tokens: int | None = None
    num_cached_tokens: int | None = None
    reasoning_tokens: int | None = None


_DECODE = msgspec.json.Decoder(_Usage).decode
_NO_INPUT = _InputDetails()
_NO_OUTPUT = _OutputDetails()


def read_usage(raw: msgspec.Raw | bytes) -> TokenUsage | None:
    """Read the JSON of a `usage` object; None for `null`, nothing, or what is no such object."""
    if len(raw) <= len(b"null"):
        return None
    try:
        wire = _DECODE(raw)
    except msgspec.DecodeError:
        return None
    if wire.prompt_tokens is None and wire.completion_tokens is None and not wire.total_tokens:
        return None
    return _canonical(wire)


def _canonical(wire: _Usage) -> TokenUsage:
    into = wire.prompt_tokens_details or _NO_INPUT
    out = wire.completion_tokens_details or _NO_OUTPUT
    prompt, completion = wire.prompt_tokens or 0, wire.completion_tokens or 0
    audio = into.audio_tokens or 0
    # xAI and Gemini count reasoning in the total only, Mistral does so with a prompt's audio.
    missing = max(0, (wire.total_tokens or 0) - prompt - completion)
    if missing and missing == audio:
        prompt += missing
    else:
        completion += missing
    cached = (
        into.cached_tokens
        or wire.prompt_cache_hit_tokens
        or wire.cached_tokens
        or wire.num_cached_tokens
        or 0
    )
    return TokenUsage(
        input_tokens=prompt,
        output_tokens=completion,
        cached_input_tokens=min(cached, prompt),
        cache_write_tokens=min(into.cache_write_tokens or 0, prompt),
        reasoning_tokens=min(out.reasoning_tokens or wire.reasoning_tokens or 0, completion),
        audio_input_tokens=min(audio, prompt),
        audio_output_tokens=min(out.audio_tokens or 0, completion),
    )
