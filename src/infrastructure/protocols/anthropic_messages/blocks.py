"""From parts of a conversation to Anthropic's content blocks.

Source: Anthropic's Messages API, "Create a Message". What the protocol cannot hold but another
could is a ProviderFailure UNSUPPORTED, so that the next target is asked.
"""

import base64
import binascii
import re
from collections.abc import Mapping

import msgspec

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Media,
    ReasoningPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.protocols.anthropic_messages.thinking import is_own
from turnout.infrastructure.protocols.turns import Placed

NAME = WireProtocol.ANTHROPIC_MESSAGES.value
FILES_BETA = "files-api-2025-04-14"
"""The flag that files of Anthropic's own need."""

Block = dict[str, object]

_IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")


def encode_block(placed: Placed, dropped: list[str]) -> Block | None:
    """Write a part as a block, with the caller's `cache_control` and the like; None if it is lost.

    Raises ProviderFailure UNSUPPORTED.
    """
    block = _block(placed, dropped)
    return None if block is None else {**placed.own, **block}


def _block(placed: Placed, dropped: list[str]) -> Block | None:
    match placed.part:
        case TextPart(text=text):
            return _text(text)
        case ImagePart():
            return _image(placed.part, placed.path, dropped)
        case DocumentPart():
            return _document(placed.part, placed.path)
        case AudioPart():
            raise unsupported(placed.path, "Anthropic's protocol has no audio")
        case ToolCallPart():
            return _tool_use(placed.part)
        case ToolResultPart():
            return _tool_result(placed.part, placed.path, dropped)
        case ReasoningPart():
            return _reasoning(placed.part, placed.path, dropped)
        case _:  # a refusal: it has become text by now
            return None


def _text(text: str) -> Block | None:
    return {"type": "text", "text": text} if text.strip() else None


def _image(part: ImagePart, path: str, dropped: list[str]) -> Block:
    if part.detail not in (None, "auto"):
        dropped.append(f"{path}.detail")
    return {"type": "image", "source": _image_source(part.media, path)}


def _image_source(media: Media, path: str) -> Block:
    if media.url is not None:
        return _url_source(media.url, path)
    if media.media_type not in _IMAGE_TYPES:
        raise unsupported(path, f"an image of type {media.media_type}, not JPEG, PNG, GIF or WebP")
    return {"type": "base64", "media_type": media.media_type, "data": media.data}


def _url_source(url: str, path: str) -> Block:
    if not url.lower().startswith("https://"):
        raise unsupported(path, "Anthropic fetches https:// addresses only")
    return {"type": "url", "url": url}


def _document(part: DocumentPart, path: str) -> Block:
    block: Block = {"type": "document", "source": _document_source(part, path)}
    if part.name:
        block["title"] = part.name[:500]
    return block


def _document_source(part: DocumentPart, path: str) -> Block:
    media = part.media
    if part.file_id is not None:
        if not part.file_id.startswith("file_"):
            raise unsupported(path, f"the file {part.file_id!r} is not one of Anthropic's")
        return {"type": "file", "file_id": part.file_id}
    if media.url is not None:
        return _url_source(media.url, path)
    if media.media_type == "application/pdf":
        return {"type": "base64", "media_type": media.media_type, "data": media.data}
    if (media.media_type or "").startswith("text/"):
        return {"type": "text", "media_type": "text/plain", "data": _plain(media.data or "", path)}
    raise unsupported(path, f"a document of type {media.media_type}, not PDF or text")


def _plain(data: str, path: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise unsupported(path, "a text document that is not UTF-8 in base64") from None


def _tool_use(part: ToolCallPart) -> Block:
    return {
        "type": "tool_use",
        "id": _id(part.id),
        "name": part.name,
        "input": arguments(part.arguments),
    }


def _tool_result(part: ToolResultPart, path: str, dropped: list[str]) -> Block:
    result: Block = {"type": "tool_result", "tool_use_id": _id(part.call_id)}
    inner = [
        encode_block(Placed(each, f"{path}.content[{i}]", each.extras.get(NAME, {})), dropped)
        for i, each in enumerate(part.parts)
    ]
    content = [block for block in inner if block is not None]
    if content:
        result["content"] = content
    if part.is_error:
        result["is_error"] = True
    return result


def _reasoning(part: ReasoningPart, path: str, dropped: list[str]) -> Block | None:
    if not is_own(part):
        dropped.append(path)
        return None
    if part.redacted is not None:
        return {"type": "redacted_thinking", "data": part.redacted}
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def _id(call_id: str) -> str:
    return _NOT_IN_IDS.sub("_", call_id) or "_"


def arguments(text: str) -> Mapping[str, object]:
    """Read a call's arguments; what is no JSON object is kept as the text that it is."""
    try:
        read = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {"arguments": text}


def unsupported(path: str, message: str) -> ProviderFailure:
    """Return the failure that sends the request to the next target."""
    return ProviderFailure(FailureKind.UNSUPPORTED, f"{path}: {message}")
