"""A whole canonical answer as a `chat.completion`.

Source: OpenAI's chat completions; `images` is OpenRouter's. The rest is told in `wording`.
"""

from collections.abc import Iterable

import msgspec

from turnout.domain.inference.content import (
    ImagePart,
    Media,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
)
from turnout.domain.inference.reply import Choice, NativeReply, Reply
from turnout.interfaces.relay.ingress.openai_chat.wording import (
    finish_fields,
    thinking_block,
    tool_call,
    usage_fields,
)


def reply_body(reply: Reply | NativeReply, *, fallback_id: str, created: int) -> bytes:
    """Return the body of the answer; a native one as it came.

    `fallback_id` is for providers that name no id; `created` is in epoch seconds.
    """
    if isinstance(reply, NativeReply):
        return reply.body
    completion = {
        "id": reply.id or fallback_id,
        "object": "chat.completion",
        "created": created,
        "model": reply.model,
        "choices": [_choice(choice) for choice in reply.choices],
    }
    if reply.usage is not None:
        completion["usage"] = usage_fields(reply.usage)
    return msgspec.json.encode(completion)


def _choice(choice: Choice) -> dict[str, object]:
    message: dict[str, object] = {
        "role": "assistant",
        "content": _joined(part.text for part in choice.parts if isinstance(part, TextPart)),
        "refusal": _joined(part.text for part in choice.parts if isinstance(part, RefusalPart)),
    }
    reasoning = [part for part in choice.parts if isinstance(part, ReasoningPart)]
    _put(message, "reasoning_content", _joined(part.text for part in reasoning))
    _put(message, "thinking_blocks", [_block(p) for p in reasoning if p.signature or p.redacted])
    calls = [_call(part) for part in choice.parts if isinstance(part, ToolCallPart)]
    _put(message, "tool_calls", calls)
    images = [_image(part) for part in choice.parts if isinstance(part, ImagePart)]
    _put(message, "images", images)
    return {
        "index": choice.index,
        "message": message,
        "logprobs": choice.logprobs,
        **finish_fields(choice.finish),
    }


def _put(message: dict[str, object], name: str, value: object) -> None:
    if value:
        message[name] = value


def _joined(texts: Iterable[str]) -> str | None:
    """Join the texts; None where there is none at all."""
    present = list(texts)
    return "".join(present) if present else None


def _block(part: ReasoningPart) -> dict[str, object]:
    return thinking_block(part.text, part.signature, part.redacted)


def _call(part: ToolCallPart) -> dict[str, object]:
    signature = part.extras.get("gemini", {}).get("thoughtSignature")
    return tool_call(
        part.id, part.name, part.arguments, signature if isinstance(signature, str) else None
    )


def _image(part: ImagePart) -> dict[str, object]:
    return {"type": "image_url", "image_url": {"url": _url(part.media)}}


def _url(media: Media) -> str:
    return media.url or f"data:{media.media_type or 'image/png'};base64,{media.data or ''}"
