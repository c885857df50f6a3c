import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from turnout.domain.inference.overlap import SHORTEST_ECHO, Diverged, Overlap, Seam

LETTERS = "ab.é漢"
SPACES = " \n\t\u00a0"
TEXTS = st.text(LETTERS + SPACES, max_size=60)
PIECES = st.lists(st.integers(1, 7), min_size=1)


def cut_up(text: str, sizes: list[int]) -> list[str]:
    """Cut `text` into pieces of these sizes, over and over."""
    pieces, at = [], 0
    while at < len(text):
        for size in sizes:
            pieces.append(text[at : at + size])
            at += size
    return pieces


def new_in(joint: Overlap | Seam, pieces: list[str]) -> str:
    return "".join(map(joint.feed, pieces)) + joint.end()


def normalised(text: str) -> str:
    return " ".join(text.split())


@st.composite
def respaced(draw: st.DrawFn, text: str) -> str:
    """Exchange every run of white space for another."""
    words = text.split()
    runs = [draw(st.text(SPACES, min_size=1, max_size=3)) for _ in words]
    lead = draw(st.text(SPACES, max_size=2))
    return lead + "".join(word + run for word, run in zip(words, runs, strict=True))


@given(TEXTS, st.data(), PIECES)
def test_what_was_sent_and_what_is_new_are_the_whole_answer(
    text: str, data: st.DataObject, sizes: list[int]
) -> None:
    cut = data.draw(st.integers(0, len(text)))
    overlap = Overlap(text[:cut])
    assert text[:cut] + new_in(overlap, cut_up(text, sizes)) == text


@given(TEXTS, TEXTS, st.data(), PIECES)
def test_white_space_makes_no_difference(
    sent: str, more: str, data: st.DataObject, sizes: list[int]
) -> None:
    again = data.draw(respaced(sent))
    if sent.strip() and not sent[-1].isspace():
        again = again.rstrip()
    again += more
    new = new_in(Overlap(sent), cut_up(again, sizes))
    assert normalised(sent + new) == normalised(again)


def begins_with(answer: str, sent: str) -> bool:
    said, again = normalised(sent), normalised(answer)
    if said and sent[-1].isspace():
        return again == said or again.startswith(said + " ")
    return again.startswith(said)


@given(TEXTS, TEXTS, PIECES)
def test_whatever_is_not_the_same_diverges(sent: str, other: str, sizes: list[int]) -> None:
    if begins_with(other, sent):
        new_in(Overlap(sent), cut_up(other, sizes))
    else:
        with pytest.raises(Diverged):
            new_in(Overlap(sent), cut_up(other, sizes))


@given(TEXTS, TEXTS, PIECES, PIECES)
def test_how_an_answer_is_cut_makes_no_difference(
    sent: str, other: str, sizes: list[int], others: list[int]
) -> None:
    outcomes: list[str | None] = []
    for each in (sizes, others):
        try:
            outcomes.append(new_in(Overlap(sent), cut_up(other, each)))
        except Diverged:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("sent", "again", "new"),
    [
        ("", "Hello", "Hello"),
        ("Hel", "Hello", "lo"),
        ("Hello", "Hello", ""),
        ("Hello ", "Hello", ""),
        ("Hello ", "Hello\nyou", "\nyou"),
        ("Hello\n", "Hello\n\nyou", "\nyou"),
        ("Hello\n\n", "Hello\nyou", "you"),
        ("\n\nHello", "Hello you", " you"),
        ("Hello", "\n\nHello you", " you"),
        ("a  b", "a b c", " c"),
        ("a b", "a \n b c", " c"),
        ("\n", "Hello", "Hello"),
    ],
)
def test_what_is_new(sent: str, again: str, new: str) -> None:
    assert new_in(Overlap(sent), [again]) == new
    assert new_in(Overlap(sent), list(again)) == new


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        ("Hello", "Hallo"),
        ("Hello you", "Helloyou"),
        ("Hello", "Hel lo"),
        ("Hello ", "Hello, you"),
        ("Hello", "Hel"),
        ("a b", "a"),
    ],
)
def test_what_diverges(sent: str, again: str) -> None:
    with pytest.raises(Diverged):
        new_in(Overlap(sent), list(again))


@given(TEXTS, TEXTS, PIECES)
def test_a_faithful_continuation_fits(sent: str, more: str, sizes: list[int]) -> None:
    """The model sees `sent` without white space at its end, and writes it itself."""
    seen = sent.rstrip()
    whole = sent + more
    assume(len(seen) < SHORTEST_ECHO or not begins_with(whole[len(seen) :], seen))
    assert sent + new_in(Seam(sent), cut_up(whole[len(seen) :], sizes)) == whole


@given(st.text(LETTERS, min_size=SHORTEST_ECHO), TEXTS, TEXTS, PIECES)
def test_an_echo_is_left_out(start: str, middle: str, more: str, sizes: list[int]) -> None:
    sent = start + middle
    assert sent + new_in(Seam(sent), cut_up(sent + more, sizes)) == sent + more


@pytest.mark.parametrize(
    ("sent", "continuation", "new"),
    [
        ("Hello ", "you", "you"),
        ("Hello ", " you", "you"),
        ("Hello", " you", " you"),
        ("Hel", "lo", "lo"),
        ("Hello\n", "\n\nyou", "\nyou"),
        ("Hello ", "", ""),
        ("Hello ", " \n", "\n"),
        ("Ha", "Ha!", "Ha!"),
        ("Very", " Very", " Very"),
        ("Hello", "Hello you", " you"),
        ("Hello ", "Hello", ""),
        ("Once upon a time, ", "there", "there"),
        ("Once upon a time, ", "Once there", "Once there"),
        ("Once upon a time, ", "Once", "Once"),
        ("Once upon a time, ", "Once upon a time, there", "there"),
    ],
)
def test_the_seam_fits(sent: str, continuation: str, new: str) -> None:
    assert new_in(Seam(sent), [continuation]) == new
    assert new_in(Seam(sent), list(continuation)) == new
