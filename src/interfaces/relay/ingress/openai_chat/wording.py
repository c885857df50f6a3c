"""What whole and streamed answers say in the same words: usage, finish reasons, reasoning, tools.

Source: OpenAI's chat completions; `reasoning_content` (DeepSeek), `thinking_blocks` (LiteLLM,
Anthropic's blocks), `native_finish_reason` (OpenRouter), `extra_content` (Google).
"""

from turnout.domain.inference.reply import Finish, FinishKind
from turnout.domain.inference.usage import TokenUsage

_FINISHES = {
    FinishKind.STOP: "stop",
    FinishKind.LENGTH: "length",
    FinishKind.TOOL_CALLS: "tool_calls",
    FinishKind.CONTENT_FILTER: "content_filter",
    FinishKind.OTHER: "stop",
}
"""Callers' clients know no other words, so an unknown end is told apart by its own word alone."""


def finish_fields(finish: Finish) -> dict[str, object]:
    """Return `finish_reason`, with the provider's own word where it says more."""
    reason = _FINISHES[finish.kind]
    fields: dict[str, object] = {"finish_reason": reason}
    if finish.raw and finish.raw != reason:
        fields["native_finish_reason"] = finish.raw
    return fields


def usage_fields(usage: TokenUsage) -> dict[str, object]:
    """Return the members of a `usage` object."""
    prompt_details = {
        "cached_tokens": usage.cached_input_tokens,
        "audio_tokens": usage.audio_input_tokens,
    }
    if usage.cache_write_tokens:
        prompt_details["cache_write_tokens"] = usage.cache_write_tokens
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": prompt_details,
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": usage.audio_output_tokens,
        },
    }


def thinking_block(text: str, signature: str | None, redacted: str | None) -> dict[str, object]:
    """Return a block that the caller can send back, so that the vendor knows its own thinking."""
    if redacted is not None:
        return {"type": "redacted_thinking", "data": redacted}
    return {"type": "thinking", "thinking": text, "signature": signature}


def tool_call(id: str, name: str, arguments: str, signature: str | None) -> dict[str, object]:
    """Return a call of a function; the signature is what Google wants to see again."""
    call: dict[str, object] = {
        "id": id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
    if signature is not None:
        call["extra_content"] = {"google": {"thought_signature": signature}}
    return call
