"""From parts of a conversation to Gemini's parts.

Source: Gemini API and Vertex AI, `Content` and `Part`; "File input methods" for addresses. What the
protocol cannot hold but another could is a ProviderFailure UNSUPPORTED.
"""

import mimetypes
from collections.abc import Mapping

import msgspec

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    ImagePart,
    Media,
    Part,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import FailureKind, InvalidRequest, ProviderFailure
from turnout.domain.inference.request import WireProtocol

NAME = WireProtocol.GEMINI.value
SIGNATURE_FIELD = "thoughtSignature"
"""Where a tool call's signature stands in its extras."""

Wire = dict[str, object]

_AUDIO_TYPES = {"mp3": "audio/mp3", "wav": "audio/wav", "pcm16": "audio/pcm", "m4a": "audio/m4a"}


def encode_media(part: Part, path: str) -> Wire:
    """Write a picture, sound or document. Raises ProviderFailure UNSUPPORTED."""
    match part:
        case ImagePart():
            return _media(part.media, path, default="image/jpeg")
        case AudioPart():
            kind = _AUDIO_TYPES.get(part.format, f"audio/{part.format}")
            return {"inlineData": {"mimeType": kind, "data": part.data}}
        case DocumentPart(file_id=str(file_id)):
            return _file(file_id, part.media.media_type, path)
        case DocumentPart():
            return _media(part.media, path, default="application/pdf")
        case _:
            raise TypeError(f"{path} is no media: {part!r}")


def encode_call(part: ToolCallPart) -> Wire:
    """Write a call without its signature."""
    return {"functionCall": {"id": part.id, "name": part.name, "args": _arguments(part.arguments)}}


def encode_result(
    part: ToolResultPart, names: Mapping[str, str], path: str, *, pictured: bool
) -> list[Wire]:
    """Write a result; its pictures go into it if it may be `pictured`, else after it.

    `names` are those of the functions called so far, by call id. Raises InvalidRequest for a result
    of a call that was never made.
    """
    name = names.get(part.call_id) or part.name
    if name is None:
        raise InvalidRequest(
            f"no earlier tool call has the id {part.call_id!r}", field=f"{path}.tool_call_id"
        )
    text = "".join(each.text for each in part.parts if isinstance(each, TextPart))
    result: Wire = {"id": part.call_id, "name": name, "response": _response(text, part.is_error)}
    media = [
        encode_media(each, f"{path}.content[{i}]")
        for i, each in enumerate(part.parts)
        if isinstance(each, ImagePart)
    ]
    if pictured and media and all("inlineData" in each for each in media):
        result["parts"] = media
        media = []
    return [{"functionResponse": result}, *media]


def _media(media: Media, path: str, *, default: str) -> Wire:
    if media.url is not None:
        return _file(media.url, media.media_type or _guessed(media.url) or default, path)
    return {"inlineData": {"mimeType": media.media_type or default, "data": media.data}}


def _file(uri: str, kind: str | None, path: str) -> Wire:
    """Name a file: in Google's storage, uploaded to the API, or anywhere on the web."""
    if not uri.lower().startswith(("gs://", "https://", "files/")):
        raise ProviderFailure(
            FailureKind.UNSUPPORTED,
            f"{path}: Gemini fetches https:// and gs:// addresses and files of its own, "
            f"not {uri[:100]!r}",
        )
    return {"fileData": {"fileUri": uri} | ({"mimeType": kind} if kind else {})}


def _guessed(url: str) -> str | None:
    return mimetypes.guess_type(url.partition("?")[0])[0]


def _arguments(text: str) -> Mapping[str, object]:
    read = _object(text or "{}")
    return {"arguments": text} if read is None else read


def _response(text: str, is_error: bool) -> Mapping[str, object]:
    if is_error:
        return {"error": text}
    read = _object(text)
    return {"output": text} if read is None else read


def _object(text: str) -> dict[str, object] | None:
    try:
        read = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
