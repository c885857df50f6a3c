from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.routing.rendezvous import fingerprint, rank

BITS = st.integers(0, 2**64 - 1)


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint("north/m") == fingerprint(b"north/m") == 14019032175969757243
    assert fingerprint("north/m") != fingerprint("north/n")


def test_a_text_that_is_no_unicode_has_one_too() -> None:
    assert fingerprint("\ud800") != fingerprint("?")


@given(BITS, BITS, st.floats(1e-3, 1e6))
def test_every_rank_is_a_finite_number(mark: int, lot: int, weight: float) -> None:
    assert 0.0 < rank(mark, lot, weight) < float("inf")


def test_marks_go_to_lots_by_their_weights() -> None:
    lots = {fingerprint(name): weight for name, weight in (("a", 6.0), ("b", 3.0), ("c", 1.0))}
    winners = Counter(
        max(lots, key=lambda lot: rank(fingerprint(f"key-{number}"), lot, lots[lot]))
        for number in range(20_000)
    )
    for lot, weight in lots.items():
        assert winners[lot] / 20_000 == pytest.approx(weight / 10, abs=0.012)
