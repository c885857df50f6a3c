"""What the official client reads through a started Turnout is what the providers said."""

import asyncio
from dataclasses import replace

import pytest

from tests.conformance.answer import Answer, Call, Failed, Said, differences
from tests.conformance.gaps import known_gaps
from tests.conformance.report import DOCUMENT, document
from tests.conformance.run import Verdict, replay_all, surprises
from tests.conformance.scope import Collection, collection

FEWEST = 120
"""Recordings that are in this repository, at the least."""


@pytest.fixture(scope="module")
def replayed() -> Collection:
    return collection()


@pytest.fixture(scope="module")
def verdicts(replayed: Collection, tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    return asyncio.run(replay_all(replayed.cases, tmp_path_factory.mktemp("conformance")))


def test_every_recording_is_read_back_but_for_the_known_gaps(verdicts: list[Verdict]) -> None:
    assert len(verdicts) >= FEWEST
    assert surprises(verdicts, known_gaps()) == []


def test_the_document_is_up_to_date(replayed: Collection, verdicts: list[Verdict]) -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    if replayed.whole:
        again = "run `python -m tests.conformance --write`"
        assert document(verdicts, replayed, known_gaps()) == written, again
        assert known_gaps().keys() <= replayed.ids
    assert all(id in written and reason for id, reason in known_gaps().items())


SAID = Said("Hello", "Hm.", "No.", [Call("call_1", "look", {"at": 1})], "stop")
ANSWER = Answer({0: SAID}, {"prompt_tokens": 3}, None, [[0.5]])


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (ANSWER, ()),
        (replace(ANSWER, usage=None), ("usage",)),
        (replace(ANSWER, failed=Failed("APIError", None)), ("failed",)),
        (replace(ANSWER, vectors=[[0.25]]), ("vectors",)),
        (replace(ANSWER, choices={}), ("choices",)),
        (replace(ANSWER, choices={0: SAID, 1: SAID}), ("choices",)),
        (replace(ANSWER, choices={0: replace(SAID, text="?")}), ("choices[0].text",)),
        (replace(ANSWER, choices={0: replace(SAID, reasoning="?")}), ("choices[0].reasoning",)),
        (replace(ANSWER, choices={0: replace(SAID, refusal="")}), ("choices[0].refusal",)),
        (replace(ANSWER, choices={0: replace(SAID, finish=None)}), ("choices[0].finish",)),
        *(
            (replace(ANSWER, choices={0: replace(SAID, calls=calls)}), ("choices[0].calls",))
            for calls in (
                [],
                [Call("call_2", "look", {"at": 1})],
                [Call("call_1", "see", {"at": 1})],
                [Call("call_1", "look", {"at": 2})],
            )
        ),
    ],
)
def test_every_difference_is_named(heard: Answer, expected: tuple[str, ...]) -> None:
    assert differences(ANSWER, heard) == expected


@pytest.mark.parametrize(("ids", "differ"), [(("a", "b"), False), (("a", "a"), True)])
def test_calls_without_a_recorded_id_must_each_have_one(ids: tuple[str, str], differ: bool) -> None:
    def answer(*given: str | None) -> Answer:
        return Answer({0: Said(calls=[Call(id, "look", {}) for id in given])})

    assert bool(differences(answer(None, None), answer(*ids))) is differ
    assert differences(answer(None, None), answer(None, "b"))
