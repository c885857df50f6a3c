"""What every wire protocol offers to the rest of the simulator, and what it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate

from msgspec import Struct

from turnout.interfaces.simulator.allowance import Standing
from turnout.interfaces.simulator.billing import NO_TOKENS, Tokens
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.profile import ErrorKind, Profile
from turnout.interfaces.simulator.prompt import CacheMark
from turnout.interfaces.simulator.stamp import Stamp

Headers = tuple[tuple[str, str], ...]


class Frame(Struct, frozen=True):
    """One piece of a stream: its bytes, the tokens it brings, whether it only marks the end."""

    data: bytes
    tokens: int = 0
    end_mark: bool = False


class Failure(Struct, frozen=True, kw_only=True):
    """Trouble to be told to the caller, before a protocol gives it a shape.

    `message` empty means the protocol's usual words; `field` is the part of the body at fault.
    """

    kind: ErrorKind
    message: str = ""
    field: str | None = None
    code: str | None = None
    model: str = ""
    operation: str = ""
    credential: str = ""
    prompt_tokens: int = 0
    retry_after_seconds: int = 0
    retry_after_as_date: bool = False
    now_seconds: float = 0.0
    standing: Standing | None = None

    @property
    def retry_after(self) -> str:
        """The value of the header `retry-after`: seconds, or a date."""
        if self.retry_after_as_date:
            return formatdate(self.now_seconds + self.retry_after_seconds, usegmt=True)
        return str(self.retry_after_seconds)


class ErrorReply(Struct, frozen=True):
    """A failure as one protocol tells it."""

    status: int
    headers: Headers
    body: bytes


class Refused(Exception):
    """The request cannot be answered; carries the Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message or failure.kind.value)
        self.failure = failure


class PromptCache:
    """Remembers which prompt prefixes were seen, as providers' prompt caches do."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def touch(self, marks: Sequence[CacheMark]) -> tuple[int, int]:
        """How many tokens the cache had and how many are new in it; shortest mark first."""
        read = max((mark.tokens for mark in marks if mark.digest in self._seen), default=0)
        self._seen.update(mark.digest for mark in marks)
        return read, marks[-1].tokens - read if marks else 0

    def clear(self) -> None:
        self._seen.clear()


class Call(Struct, frozen=True, kw_only=True):
    """One request on its way through an operation; `model` is the one that the path names."""

    request: Request
    profile: Profile
    stamp: Stamp
    cache: PromptCache
    model: str = ""
    refused: bool = False

    def require_model(self, model: str) -> None:
        """Raise Refused unless the profile knows the model, or knows all."""
        if self.profile.models and model not in self.profile.models:
            raise Refused(Failure(kind=ErrorKind.NOT_FOUND, model=model))

    def refuse_prefill(self, prefill: str) -> None:
        """Raise Refused for a begun answer where the profile rejects them."""
        if prefill and self.profile.rejects_prefill:
            raise Refused(
                Failure(
                    kind=ErrorKind.BAD_REQUEST,
                    message="This model does not support assistant message prefill. "
                    "The conversation must end with a user message.",
                )
            )


class Job(Struct, frozen=True, kw_only=True):
    """An answer ready to be sent: whole as `body`, or as the `frames` of a stream.

    `tokens` are those of the whole answer, also of one that is streamed.
    """

    model: str = ""
    body: bytes = b""
    frames: Iterator[Frame] | None = None
    content_type: str = "application/json"
    tokens: Tokens = NO_TOKENS


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a protocol has apart from its operations: credential, failures, headers, limits."""

    name: str
    credential: Callable[[Request], str]
    failure: Callable[[Failure, Stamp], ErrorReply]
    headers: Callable[[Stamp], Headers]
    limits: Callable[[Standing], Headers]


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: a pure function from a call to a job; raises Refused."""

    name: str
    dialect: Dialect
    perform: Callable[[Call], Job]
