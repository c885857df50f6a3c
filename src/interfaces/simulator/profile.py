"""How one simulator behaves: a frozen Profile, its faults, and its form in JSON."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from turnout.interfaces.simulator.billing import Price
from turnout.interfaces.simulator.fields import FieldFault, read_as

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
    STALL = "stall"
    TRUNCATED_JSON = "truncated_json"
    SLOW_DRIP = "slow_drip"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    OVERLONG_LINE = "overlong_line"
    TLS_FAILURE = "tls_failure"


AFTER_TOKENS = {ErrorKind.CUT_AFTER_TOKENS, ErrorKind.STALL}
"""Kinds that strike after a number of tokens, written `stall=3`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error kind, and for those of AFTER_TOKENS how many tokens still get through."""

    kind: ErrorKind
    tokens: int = 0

    @staticmethod
    @lru_cache(maxsize=128)
    def parse(text: str) -> "Fault":
        """Read `server_error` or `cut_after_tokens=3`; raises ValueError on anything else."""
        name, equals, tokens = text.partition("=")
        kind = ErrorKind(name)
        if (kind in AFTER_TOKENS) != bool(equals):
            raise ValueError(text)
        return Fault(kind, int(tokens or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The whole behaviour of a simulator; raises FieldFault where a value cannot be meant.

    `models` empty means that every model is known. `answer` may hold `{name}`, `{model}`,
    `{digest}` and `{question}`. `answer_tokens` cuts or pads text answers to that length. Of all
    requests the share `error_rate` meets one of `error_kinds`, chosen by `seed`. `record` keeps
    that many of the last requests. `requests_per_window` and `tokens_per_window` are limits of
    each key, told with every answer and kept to. With `requests_at_once` in flight the next is
    refused as one too many; each in flight makes the next one's first token `crowd_delay_seconds`
    later. `price` is what tokens are billed at.
    """

    name: str = "simulator"
    protocols: tuple[str, ...] = PROTOCOLS
    models: tuple[str, ...] = ()
    seed: int = 0
    first_token_delay_seconds: float = 0.0
    crowd_delay_seconds: float = 0.0
    token_delay_seconds: float = 0.0
    error_rate: float = 0.0
    error_kinds: tuple[str, ...] = (ErrorKind.SERVER_ERROR.value,)
    retry_after_seconds: int = 1
    retry_after_as_date: bool = False
    drip_delay_seconds: float = 0.02
    overlong_bytes: int = 9 * 1024 * 1024
    rejects_prefill: bool = False
    requests_per_window: int | None = None
    tokens_per_window: int | None = None
    window_seconds: float = 60.0
    requests_at_once: int | None = None
    price: Price | None = None
    answer: str | None = None
    answer_tokens: int | None = None
    require_key: str | None = None
    record: int = 0

    def __post_init__(self) -> None:
        for field, (expected, holds) in _RULES.items():
            value = getattr(self, field)
            if not holds(value):
                raise FieldFault(field, value, expected)


def revised(profile: Profile, changes: Mapping[str, object]) -> Profile:
    """The profile with some fields changed, as read from JSON; raises FieldFault."""
    known = [field.name for field in fields(Profile)]
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in known:
            raise FieldFault(field, value, f"one of the fields {', '.join(known)}")
        if field == "require_key" and value == MASK:
            continue  # what `described` shows: the key stays as it is
        values[field] = _price(value) if field == "price" else _tuples(value)
    return replace(profile, **values)


def described(profile: Profile) -> dict[str, object]:
    """The profile as JSON can hold it, its key masked."""
    masked = MASK if profile.require_key is not None else None
    return {**asdict(profile), "require_key": masked}


def _tuples(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _price(value: object) -> Price | None:
    if value is None or isinstance(value, Price):
        return value
    try:
        return read_as(value, Price, what="price")
    except FieldFault as fault:
        raise fault.below("price", whole="price") from fault


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


def _is_limit(value: object) -> bool:
    return value is None or (_is_count(value) and value != 0)


_KINDS = ", ".join(f"{kind}=N" if kind in AFTER_TOKENS else kind for kind in ErrorKind)
_LIMIT = "a whole number of 1 or more, or null"
_YES_OR_NO = ("true or false", lambda value: isinstance(value, bool))
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
    "crowd_delay_seconds": (_SECONDS, _is_seconds),
    "token_delay_seconds": (_SECONDS, _is_seconds),
    "error_rate": ("a share between 0 and 1", lambda v: _is_seconds(v) and v <= 1),  # type: ignore[operator]
    "error_kinds": (f"a list, not empty, out of {_KINDS}", _are_faults),
    "retry_after_seconds": ("whole seconds, 0 or more", _is_count),
    "retry_after_as_date": _YES_OR_NO,
    "drip_delay_seconds": (_SECONDS, _is_seconds),
    "overlong_bytes": ("a whole number, 0 or more", _is_count),
    "rejects_prefill": _YES_OR_NO,
    "requests_per_window": (_LIMIT, _is_limit),
    "tokens_per_window": (_LIMIT, _is_limit),
    "window_seconds": ("seconds, more than 0", lambda v: _is_seconds(v) and v != 0),
    "requests_at_once": (_LIMIT, _is_limit),
    "price": ("a price, or null", lambda v: v is None or isinstance(v, Price)),
    "answer": ("a text, or null", lambda v: v is None or isinstance(v, str)),
    "answer_tokens": (_LIMIT, _is_limit),
    "require_key": ("a text that is not empty, or null", lambda v: v is None or _is_text(v)),
    "record": ("a whole number, 0 or more", _is_count),
}
