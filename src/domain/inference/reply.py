"""What a provider answers: whole, or event by event.

    Reply / NativeReply                 a whole answer, canonical or in the caller's own protocol
    ReplyEvent                          one step of a streamed answer
    EmbeddingReply / NativeReply        vectors, canonical or native

A native answer is bytes that go to the caller as they are.
"""

from dataclasses import dataclass
from enum import StrEnum

from turnout.domain.inference.content import Part
from turnout.domain.inference.usage import TokenUsage


class FinishKind(StrEnum):
    """Why a choice ended."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    CONTENT_FILTER = "content_filter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a choice: its kind, and the vendor's own word for it."""

    kind: FinishKind
    raw: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the alternatives of a whole answer; `logprobs` are in OpenAI's shape, if any."""

    parts: tuple[Part, ...]
    finish: Finish
    index: int = 0
    logprobs: object = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer in canonical form; `id` is the vendor's, `model` the one that answered."""

    id: str
    model: str
    choices: tuple[Choice, ...]
    usage: TokenUsage | None


@dataclass(frozen=True, slots=True)
class NativeReply:
    """A whole answer in the caller's protocol: `body` goes out as it is."""

    body: bytes
    model: str | None
    usage: TokenUsage | None


@dataclass(frozen=True, slots=True)
class EmbeddingReply:
    """Vectors in the order of the inputs."""

    model: str
    vectors: tuple[tuple[float, ...], ...]
    usage: TokenUsage | None


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """The answer has an id and a model; nothing of it has been said yet."""

    id: str
    model: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of a choice; `logprobs` in OpenAI's shape where they exist."""

    text: str
    choice: int = 0
    logprobs: object = None


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More thinking of a choice; the signature comes with the last piece of a block."""

    text: str = ""
    signature: str | None = None
    redacted: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """More of a refusal."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """A tool call begins; `index` numbers the calls within the choice from 0."""

    index: int
    id: str
    name: str
    choice: int = 0
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class ToolArgumentsDelta:
    """More of the JSON text of a call's arguments."""

    index: int
    fragment: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Tokens so far; a later report replaces an earlier one."""

    usage: TokenUsage


@dataclass(frozen=True, slots=True)
class Rescued:
    """The answer had broken off and goes on by another attempt.

    `providers` are those of all attempts whose text the caller sees, in order, repeats included.
    """

    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChoiceFinished:
    """A choice has ended."""

    finish: Finish
    choice: int = 0


@dataclass(slots=True)
class NativeFrame:
    """Bytes in the caller's protocol that go out as they are.

    `commits` is true when the caller would see content in it (a role-only chunk does not
    commit); `usage`, `model` and `finished` are what was read in passing. It is not frozen like
    its kin: there is one for every chunk of every stream, and a frozen one costs four times more.
    """

    data: bytes
    commits: bool
    usage: TokenUsage | None = None
    model: str | None = None
    finished: bool = False


ReplyEvent = (
    ReplyStarted
    | TextDelta
    | ReasoningDelta
    | RefusalDelta
    | ToolCallStarted
    | ToolArgumentsDelta
    | UsageReported
    | Rescued
    | ChoiceFinished
    | NativeFrame
)

_SILENT = (ReplyStarted, UsageReported, Rescued)


def commits(event: ReplyEvent) -> bool:
    """Tell whether the caller sees content in `event`: after it, no other target may answer."""
    if isinstance(event, NativeFrame):
        return event.commits
    return not isinstance(event, _SILENT)
