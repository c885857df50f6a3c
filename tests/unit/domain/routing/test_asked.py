import pytest

from turnout.domain.inference.capability import Requirement
from turnout.domain.routing.asked import USUAL_OUTPUT_TOKENS, Asked
from turnout.domain.routing.rendezvous import fingerprint
from turnout.domain.routing.stickiness import Stickiness, StickyBy

BY_KEY = Stickiness(StickyBy.KEY)
BY_HEADER = Stickiness(StickyBy.HEADER, "X-Session")
BY_PREFIX = Stickiness(StickyBy.PROMPT_PREFIX)


def asked(**about: object) -> Asked:
    return Asked(Requirement(frozenset()), False, "tenant", **about)  # type: ignore[arg-type]


def test_requests_stick_by_what_they_have_in_common() -> None:
    call = asked(header={"x-session": "s1"}.get, prompt_prefix=lambda: b"You are")
    assert call.mark(BY_KEY) == fingerprint("tenant")
    assert call.mark(BY_HEADER) == fingerprint("s1")
    assert call.mark(BY_PREFIX) == fingerprint(b"You are")


@pytest.mark.parametrize("sticky", [BY_HEADER, BY_PREFIX])
def test_what_is_not_there_makes_nothing_stick(sticky: Stickiness) -> None:
    assert asked().mark(sticky) is None
    assert asked(header={}.get, prompt_prefix=lambda: b"").mark(sticky) is None


def test_an_answer_is_as_long_as_it_may_be() -> None:
    assert asked().output_tokens == USUAL_OUTPUT_TOKENS
    assert Asked(Requirement(frozenset(), 0, 7), False, "").output_tokens == 7
