"""What the body of an error answer says, whichever dialect it is written in.

Seen: `{"error": {...}}` (OpenAI), `{"error": "text"}` (Hugging Face; xAI with `code` beside it),
`{"message", "type", "code"}` without a wrapper (Mistral, Baseten, older vLLM), `{"detail": ...}`
(FastAPI servers), `[{"error": {...}}]` (Google), and JSON text inside a message (gateways).
"""

from dataclasses import dataclass

import msgspec

from turnout.infrastructure.protocols.error_status import clip


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error in words: `labels` are its code, type and the like in lower case, without numbers.

    `status` is an HTTP status that the body names, if any; `message` may be empty.
    """

    message: str
    labels: tuple[str, ...] = ()
    status: int | None = None


def read_error(body: bytes) -> ErrorBody:
    """Read any body of an error answer. It never raises; a body that is no JSON has no message."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return ErrorBody("")
    return read_error_object(content)


def read_error_object(content: object) -> ErrorBody:
    """Read the decoded JSON of an error answer, or of an `error` found in an answer."""
    if isinstance(content, list) and content:
        content = content[0]
    if not isinstance(content, dict):
        return ErrorBody(clip(str(content)) if isinstance(content, str) else "")
    inner = content.get("error")
    if isinstance(inner, dict):
        return _from_fields(inner)
    if isinstance(inner, str):
        return _from_fields({**content, "message": inner})
    return _from_fields(content)


def looks_like_error(content: object) -> bool:
    """Tell whether the decoded JSON of a 2xx, whole or one event of it, is an error after all."""
    if not isinstance(content, dict):
        return False
    if content.get("error"):
        return True
    if content.get("choices") is not None or content.get("data") is not None:
        return False
    named = any(content.get(name) for name in ("code", "type", "status_code"))
    return content.get("object") == "error" or (named and bool(_message(content)))


def _from_fields(fields: dict[str, object]) -> ErrorBody:
    message = _message(fields)
    nested = _nested(message)
    if nested is not None:
        return nested
    metadata = fields.get("metadata")
    reported = metadata.get("raw") if isinstance(metadata, dict) else None
    labels = _labels(fields)
    if isinstance(reported, str) and reported:  # OpenRouter: the words of the provider behind it
        behind = _nested(reported) or ErrorBody(reported)
        message, labels = f"{message}: {behind.message}", labels + behind.labels
    return ErrorBody(clip(message), labels, _status(fields))


def _message(fields: dict[str, object]) -> str:
    for name in ("message", "detail", "details", "error_description"):
        found = fields.get(name)
        if isinstance(found, str) and found:
            return _with_param(found, fields)
        if isinstance(found, list) and found:
            return "; ".join(_complaint(item) for item in found[:5])
        if isinstance(found, dict):
            return _message(found)
    return ""


def _with_param(message: str, fields: dict[str, object]) -> str:
    # Xiaomi says "Param Incorrect" and puts what is wrong where others put the field's name.
    param = fields.get("param")
    return f"{message}: {param}" if isinstance(param, str) and " " in param else message


def _complaint(item: object) -> str:
    """Put one entry of a validation list into words; its `input` is the caller's, so not quoted."""
    if not isinstance(item, dict):
        return str(item)
    path = item.get("loc")
    where = ".".join(str(step) for step in path) if isinstance(path, list) else ""
    words = str(item.get("msg") or item.get("message") or "")
    return f"{where}: {words}" if where else words


def _nested(message: str) -> ErrorBody | None:
    """Read a message that is itself the JSON of an error."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        content = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        return None
    found = read_error_object(content)
    return found if found.message else None


def _labels(fields: dict[str, object]) -> tuple[str, ...]:
    inner = fields.get("innererror")  # Azure
    places = [fields, inner] if isinstance(inner, dict) else [fields]
    names = ("code", "type", "status", "reason")
    found = (place.get(name) for place in places for name in names)
    return tuple(word.lower() for word in found if isinstance(word, str) and not word.isdecimal())


def _status(fields: dict[str, object]) -> int | None:
    for name in ("code", "status", "status_code", "raw_status_code"):
        found = fields.get(name)
        if isinstance(found, str) and found.isdecimal() and len(found) == 3:
            found = int(found)
        if isinstance(found, int) and 400 <= found <= 599:
            return found
    return None
