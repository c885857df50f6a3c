"""From an error answer to a ProviderFailure, for every server that speaks OpenAI's chat."""

import re

import msgspec

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.infrastructure.protocols.error_status import RAW_LENGTH, words_of
from turnout.infrastructure.protocols.openai_chat.error_body import (
    looks_like_error,
    read_error,
    read_error_object,
)
from turnout.infrastructure.protocols.openai_chat.wording import kind_of

_BROKEN_FINISHES = frozenset({"error", "insufficient_system_resource", "network_error", "abort"})

_WAIT = re.compile(
    r"try again in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?"
)


def failure(status: int, body: bytes) -> ProviderFailure:
    """Classify an error answer. `body` may be anything; it never raises."""
    said = read_error(body)
    return ProviderFailure(
        kind_of(status, said.labels, said.message),
        said.message or words_of(status, body),
        status=status,
        retry_after_seconds=_wait_seconds(said.message),
        raw=body[:RAW_LENGTH],
    )


def failure_inside(content: object, raw: bytes) -> ProviderFailure:
    """Classify an error object that came inside a 200; its `status` is the one it names, if any."""
    said = read_error_object(content)
    return ProviderFailure(
        kind_of(said.status, said.labels, said.message),
        said.message or "the provider reported an error without words",
        status=said.status,
        retry_after_seconds=_wait_seconds(said.message),
        raw=raw[:RAW_LENGTH],
    )


def refuse_error(text: bytes, raw: bytes) -> None:
    """Raise the ProviderFailure that the JSON `text` of a 2xx tells of, if it does."""
    try:
        content = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return
    if looks_like_error(content):
        raise failure_inside(content, raw)


def refuse_broken(finish_reason: str | None, error: msgspec.Raw, raw: bytes) -> None:
    """Raise ProviderFailure for a finish reason that says that there was no finish.

    `error` is the JSON beside it, where servers (OpenRouter) put their reason; OVERLOADED without.
    """
    if finish_reason in _BROKEN_FINISHES:
        if error:
            refuse_error(b'{"error":%b}' % bytes(error), raw)
        words = f"the provider could not finish its answer: {finish_reason}"
        raise ProviderFailure(FailureKind.OVERLOADED, words, raw=raw[:RAW_LENGTH])


def _wait_seconds(message: str) -> float | None:
    """Read OpenAI's and Groq's `Please try again in 7m12.3s`."""
    found = _WAIT.search(message)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
