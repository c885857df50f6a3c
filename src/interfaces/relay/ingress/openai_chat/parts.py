"""Parts of a message's content: text, pictures, sound, files and refusals, to canonical form.

Source: OpenAI's chat completions; `cache_control` on any part is Anthropic's.
"""

import base64
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from turnout.domain.inference.content import (
    AudioPart,
    DocumentPart,
    Extras,
    ImagePart,
    Media,
    Part,
    RefusalPart,
    TextPart,
)
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.openai.fields import Fields, unexpected, wrong_type

_KINDS = "one of text, image_url, input_audio, file, refusal"


def read_content(content: object, path: str) -> tuple[Part, ...]:
    """Read a message's `content`: a string, an array of parts, or null. Raises InvalidRequest."""
    if content is None:
        return ()
    if isinstance(content, str):
        return (TextPart(content),)
    if not isinstance(content, list):
        raise wrong_type(path, content, "a string or an array of parts")
    return tuple(_read_part(Fields(part, f"{path}[{i}]")) for i, part in enumerate(content))


def extras_of(left: Fields) -> Extras:
    """Return what is left of an object as extras: `cache_control` for Anthropic, the rest ours."""
    cache_control = left.take("cache_control")
    rest = left.rest()
    extras: dict[str, Mapping[str, object]] = {}
    if cache_control is not None:
        extras["anthropic_messages"] = {"cache_control": cache_control}
    if rest:
        extras["openai_chat"] = rest
    return extras


def _read_part(part: Fields) -> Part:
    kind = part.needed_text("type")
    match kind:
        case "text":
            return TextPart(part.needed_text("text"), extras_of(part))
        case "refusal":
            return RefusalPart(part.needed_text("refusal"))
        case "image_url":
            image = part.needed_fields("image_url")
            media = read_media(image.needed_text("url"), image.at("url"))
            return ImagePart(media, image.text("detail"), extras_of(part))
        case "input_audio":
            audio = part.needed_fields("input_audio")
            data, name = audio.needed_text("data"), audio.needed_text("format")
            return AudioPart(data, name, extras_of(part))
        case "file":
            return _read_file(part.needed_fields("file"), part)
    raise unexpected(part.at("type"), kind, _KINDS)


def _read_file(file: Fields, part: Fields) -> DocumentPart:
    data, file_id, name = file.text("file_data"), file.text("file_id"), file.text("filename")
    if data is None and file_id is None:
        place = file.at("file_data")
        raise InvalidRequest(f"Missing required parameter: '{place}' or 'file_id'.", field=place)
    media = Media() if data is None else read_media(data, file.at("file_data"), bare_data=True)
    return DocumentPart(media, name, file_id, extras_of(part))


def read_media(value: str, path: str, *, bare_data: bool = False) -> Media:
    """Read a URL; a `data:` URL becomes data (RFC 2397). `bare_data`: no scheme means base64."""
    if value[:5].lower() != "data:":
        has_scheme = value[:8].lower().startswith(("http://", "https://"))
        return Media(data=value) if bare_data and not has_scheme else Media(url=value)
    head, comma, data = value[5:].partition(",")
    if not comma:
        raise InvalidRequest(f"Invalid value for '{path}': a data URL without data.", field=path)
    media_type, *parameters = head.split(";")
    if "base64" not in (parameter.strip().lower() for parameter in parameters):
        data = base64.b64encode(unquote_to_bytes(data)).decode("ascii")
    return Media(data=data, media_type=media_type.strip().lower() or "text/plain")
