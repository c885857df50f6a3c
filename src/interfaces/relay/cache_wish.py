"""What a caller's headers say about shared answers.

    x-turnout-cache: on | off            for or against sharing this call's answer
    cache-control: no-store              as `off`
    cache-control: no-cache              a new answer, please, which others may have
    cache-control: max-age=SECONDS       only an answer that is younger than this

Source: RFC 9111, section 5.2.1. Other directives are for other caches, and change nothing here.
"""

from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.sharing import CacheWish
from turnout.interfaces.relay.rsgi.wire import Headers

CHOICE_HEADER = "x-turnout-cache"
_CHOICES = {"on": True, "off": False}
_NO_WISH = CacheWish()


def read_wish(headers: Headers) -> CacheWish:
    """Read the headers of one request. Raises InvalidRequest for a word that is no choice."""
    choice, control = headers.get(CHOICE_HEADER), headers.get("cache-control")
    if choice is None and control is None:
        return _NO_WISH
    opted = None if choice is None else _choice(choice)
    max_age_seconds = None
    for directive in (control or "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name == "no-store":
            opted = False
        elif name == "no-cache":
            max_age_seconds = 0.0
        elif name == "max-age":
            age_seconds = _age_seconds(value)
            if max_age_seconds is None or age_seconds < max_age_seconds:
                max_age_seconds = age_seconds
    return CacheWish(opted, max_age_seconds)


def _choice(word: str) -> bool:
    opted = _CHOICES.get(word.strip().lower())
    if opted is None:
        fault = f"Invalid value for the header '{CHOICE_HEADER}': expected on or off, got {word!r}."
        raise InvalidRequest(fault, field=CHOICE_HEADER)
    return opted


def _age_seconds(text: str) -> float:
    """Read an age; one that cannot be read asks for a new answer, to be on the safe side."""
    digits = text.strip().strip('"')
    return float(digits) if digits.isascii() and digits.isdigit() else 0.0
