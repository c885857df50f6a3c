import pytest

from turnout.domain.inference.capability import Capability, Requirement
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.needs import capabilities_of, requirement_of

C = Capability


def test_words_may_be_listed_repeated_and_spaced() -> None:
    assert capabilities_of(["tools, vision", "audio,"], "--needs") == {C.TOOLS, C.VISION, C.AUDIO}


def test_a_request_is_a_chat_unless_it_wants_vectors() -> None:
    assert requirement_of([], stream=False, input_tokens=5) == Requirement(frozenset({C.CHAT}), 5)
    vectors = requirement_of(["embeddings"], stream=False, input_tokens=0)
    assert vectors.capabilities == {C.EMBEDDINGS}


def test_a_streamed_answer_needs_streaming() -> None:
    assert C.STREAMING in requirement_of(["chat"], stream=True, input_tokens=0).capabilities


def test_an_unknown_word_is_named_with_the_one_meant() -> None:
    told = r"--needs: found 'tool', expected one of chat, .*: did you mean 'tools'"
    with pytest.raises(BadOptions, match=told):
        capabilities_of(["tool"], "--needs")
