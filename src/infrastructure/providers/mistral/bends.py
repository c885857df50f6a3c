"""Where Mistral departs from OpenAI's chat protocol.

Its schema takes no unknown fields, and a last message of the assistant only as a `prefix`; what
comes then repeats it. Reasoning models answer with a list of parts in place of
text, `[{"type": "thinking", "thinking": [...]}, {"type": "text", ...}]`; callers of OpenAI's
protocol find the same as `content` and `reasoning_content`, and send it back so.
Source: https://docs.mistral.ai/api and https://docs.mistral.ai/capabilities/reasoning
"""

import msgspec

from turnout.infrastructure.clients.reshaping import Fields, Reshape

_ENCODE = msgspec.json.Encoder().encode
_LISTS = (b'"content":[', b'"content": [')


def _thinking_as_part(message: Fields) -> bool:
    """Move an assistant message's `reasoning_content` into its content, where Mistral keeps it."""
    raw = message.get("reasoning_content")
    if raw is None or bytes(message.get("role", b"")) != b'"assistant"':
        return False
    thoughts = msgspec.json.decode(raw)
    content = msgspec.json.decode(message.get("content") or b"null")
    if not isinstance(thoughts, str) or not thoughts:
        return False
    parts = content if isinstance(content, list) else []
    if isinstance(content, str) and content:
        parts = [{"type": "text", "text": content}]
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": thoughts}]}
    message["content"] = msgspec.Raw(_ENCODE([thinking, *parts]))
    del message["reasoning_content"]
    return True


_REFUSED = {
    "audio", "function_call", "functions", "logit_bias", "logprobs", "modalities", "moderation",
    "safety_identifier", "service_tier", "store", "top_logprobs", "user", "verbosity",
    "web_search_options",
}  # fmt: skip
_REFUSED_IN_MESSAGES = {
    "annotations", "audio", "function_call", "reasoning", "reasoning_content", "reasoning_details",
    "refusal",
}  # fmt: skip

REQUEST = Reshape(
    refused=frozenset(_REFUSED),
    needless=frozenset({"stream_options"}),  # a stream's last chunk always tells the usage
    renamed={"max_completion_tokens": "max_tokens", "seed": "random_seed"},
    refused_in_messages=frozenset(_REFUSED_IN_MESSAGES),
    developer_as_system=True,
    message=_thinking_as_part,
    begun_answer={"prefix": True},
)


def plain_content(body: bytes) -> bytes:
    """Turn content lists of an answer, or of a chunk, into text and reasoning."""
    if not any(mark in body for mark in _LISTS):
        return body
    try:
        answer = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    choices = answer.get("choices") if isinstance(answer, dict) else None
    for choice in choices if isinstance(choices, list) else ():
        for name in ("message", "delta"):
            if isinstance(choice, dict) and isinstance(choice.get(name), dict):
                _split_content(choice[name])
    return _ENCODE(answer)


def plain_content_in_block(block: bytes) -> bytes:
    """Do the same to one event of a stream."""
    if not block.startswith(b"data:") or not any(mark in block for mark in _LISTS):
        return block
    end = b"\r\n\r\n" if block.endswith(b"\r\n") else b"\n\n"
    return b"data: " + plain_content(block[5:].strip()) + end


def _split_content(message: dict[str, object]) -> None:
    parts = message.get("content")
    if not isinstance(parts, list):
        return
    text, thoughts = _texts(parts, "text"), _texts(parts, "thinking")
    message["content"] = text if text or not thoughts else None
    if thoughts:
        message["reasoning_content"] = thoughts


def _texts(parts: list[object], kind: str) -> str:
    found: list[str] = []
    for part in parts:
        if isinstance(part, dict) and part.get("type") == kind:
            inner = part.get(kind)
            found.append(_texts(inner, "text") if isinstance(inner, list) else str(inner or ""))
    return "".join(found)
