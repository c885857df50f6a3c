"""Messages and the parts they are made of.

`extras` hold what only one protocol knows, keyed by that protocol's name
(`{"anthropic_messages": {"cache_control": {...}}}`), so that it survives a translation there and
back, and is dropped with a recorded reason elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Extras = Mapping[str, Mapping[str, object]]


class Role(StrEnum):
    """Who speaks. `developer` is kept apart from `system`, since some vendors tell them apart."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes by reference or by value: either `url`, or `data` in base64 with its `media_type`."""

    url: str | None = None
    data: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class TextPart:
    """Plain text."""

    text: str
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture; `detail` is the caller's wish for its resolution (`low`, `high`, `auto`)."""

    media: Media
    detail: str | None = None
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AudioPart:
    """Sound in base64; `format` is its short name (`wav`, `mp3`)."""

    data: str
    format: str
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A file such as a PDF, by value, by URL or by a vendor's own file id."""

    media: Media
    name: str | None = None
    file_id: str | None = None
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """The model asks for a tool; `arguments` is JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a tool gave back for the call `call_id`."""

    call_id: str
    parts: tuple["TextPart | ImagePart", ...]
    name: str | None = None
    is_error: bool = False
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """The model's thinking; `signature` proves it to the vendor, `redacted` is its sealed form."""

    text: str
    signature: str | None = None
    redacted: str | None = None
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusalPart:
    """The model declined, in its own words."""

    text: str


Part = (
    TextPart
    | ImagePart
    | AudioPart
    | DocumentPart
    | ToolCallPart
    | ToolResultPart
    | ReasoningPart
    | RefusalPart
)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    extras: Extras = field(default_factory=dict)
