"""How one simulator behaves: a frozen Profile, its faults, and its form in JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

PROTOCOLS = ("openai_chat", "anthropic_messages", "gemini")
MASK = "***"


class ErrorKind(StrEnum):
    """What can go wrong, each in the shape that the protocol at hand gives it."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_REFUSED = "content_refused"
    HTML_ERROR_PAGE = "html_error_page"
    EMPTY_BODY = "empty_body"
    RESET = "reset"
    SILENT = "silent"
    CUT_AFTER_TOKENS = "cut_after_tokens"
    MALFORMED_EVENT = "malformed_event"
    NO_DONE = "no_done"


@dataclass(frozen=True, slots=True)
class Fault:
    """One error kind, and for `cut_after_tokens` how many tokens still get through."""

    kind: ErrorKind
    tokens: int = 0

    @staticmethod
    @lru_cache(maxsize=128)
    def parse(text: str) -> "Fault":
        """Read `server_error` or `cut_after_tokens=3`; raises ValueError on anything else."""
        name, equals, tokens = text.partition("=")
        kind = ErrorKind(name)
        if (kind is ErrorKind.CUT_AFTER_TOKENS) != bool(equals):
            raise ValueError(text)
        return Fault(kind, int(tokens or 0))


class ProfileFault(ValueError):
    """A field holds what it cannot: names the field, the value found and what was expected."""

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(f"{field}: found {value!r}, expected {expected}")
        self.field, self.value, self.expected = field, value, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The whole behaviour of a simulator; raises ProfileFault where a value cannot be meant.

    `models` empty means that every model is known. `answer` may hold `{name}`, `{model}`,
    `{digest}` and `{question}`. `answer_tokens` cuts or pads text answers to that length. Of all
    requests the share `error_rate` meets one of `error_kinds`, chosen by `seed`. `record` keeps
    that many of the last requests.
    """

    name: str = "simulator"
    protocols: tuple[str, ...] = PROTOCOLS
    models: tuple[str, ...] = ()
    seed: int = 0
    first_token_delay_seconds: float = 0.0
    token_delay_seconds: float = 0.0
    error_rate: float = 0.0
    error_kinds: tuple[str, ...] = (ErrorKind.SERVER_ERROR.value,)
    retry_after_seconds: int = 1
    answer: str | None = None
    answer_tokens: int | None = None
    require_key: str | None = None
    record: int = 0

    def __post_init__(self) -> None:
        for field, (expected, holds) in _RULES.items():
            value = getattr(self, field)
            if not holds(value):
                raise ProfileFault(field, value, expected)


def revised(profile: Profile, changes: Mapping[str, object]) -> Profile:
    """The profile with some fields changed, as read from JSON; raises ProfileFault."""
    known = [field.name for field in fields(Profile)]
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in known:
            raise ProfileFault(field, value, f"one of the fields {', '.join(known)}")
        if field == "require_key" and value == MASK:
            continue  # what `described` shows: the key stays as it is
        values[field] = tuple(value) if isinstance(value, list) else value
    return replace(profile, **values)


def described(profile: Profile) -> dict[str, object]:
    """The profile as JSON can hold it, its key masked."""
    masked = MASK if profile.require_key is not None else None
    return {**asdict(profile), "require_key": masked}


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_seconds(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < float("inf")  # type: ignore[operator]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_is_text, value))


def _are_faults(value: object) -> bool:
    try:
        return isinstance(value, tuple) and bool(value) and all(map(Fault.parse, value))
    except (ValueError, TypeError, AttributeError):
        return False


_KINDS = ", ".join(kind.value for kind in ErrorKind if kind is not ErrorKind.CUT_AFTER_TOKENS)
_SECONDS = "seconds, 0 or more"
_RULES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "name": ("a text that is not empty", _is_text),
    "protocols": (
        f"a list out of {', '.join(PROTOCOLS)}, not empty",
        lambda v: _are_texts(v) and bool(v) and set(v) <= set(PROTOCOLS),  # type: ignore[call-overload]
    ),
    "models": ("a list of model names", _are_texts),
    "seed": ("a whole number", lambda v: type(v) is int),
    "first_token_delay_seconds": (_SECONDS, _is_seconds),
    "token_delay_seconds": (_SECONDS, _is_seconds),
    "error_rate": ("a share between 0 and 1", lambda v: _is_seconds(v) and v <= 1),  # type: ignore[operator]
    "error_kinds": (f"a list, not empty, out of {_KINDS}, cut_after_tokens=N", _are_faults),
    "retry_after_seconds": ("whole seconds, 0 or more", _is_count),
    "answer": ("a text, or null", lambda v: v is None or isinstance(v, str)),
    "answer_tokens": (
        "a whole number of 1 or more, or null",
        lambda v: v is None or (_is_count(v) and v != 0),
    ),
    "require_key": ("a text that is not empty, or null", lambda v: v is None or _is_text(v)),
    "record": ("a whole number, 0 or more", _is_count),
}
