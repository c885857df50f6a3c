"""Words shared by whole and streamed answers."""

import pytest

from turnout.domain.inference.reply import Finish, FinishKind
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat import wording


@pytest.mark.parametrize("kind", FinishKind)
def test_every_end_has_one_of_openais_words(kind: FinishKind) -> None:
    fields = wording.finish_fields(Finish(kind, "end_turn"))
    assert fields["finish_reason"] in {"stop", "length", "tool_calls", "content_filter"}
    assert fields["native_finish_reason"] == "end_turn"


@pytest.mark.parametrize("raw", ["", "stop"])
def test_a_word_that_says_no_more_is_left_out(raw: str) -> None:
    assert wording.finish_fields(Finish(FinishKind.STOP, raw)) == {"finish_reason": "stop"}


def test_usage_tells_the_parts_of_its_sums() -> None:
    usage = TokenUsage(10, 20, cached_input_tokens=3, cache_write_tokens=4, reasoning_tokens=5)
    assert wording.usage_fields(usage) == {
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "total_tokens": 30,
        "prompt_tokens_details": {"cached_tokens": 3, "audio_tokens": 0, "cache_write_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 5, "audio_tokens": 0},
    }
    plain = wording.usage_fields(TokenUsage(1, 2))
    assert plain["prompt_tokens_details"] == {"cached_tokens": 0, "audio_tokens": 0}


def test_thinking_is_plain_or_sealed() -> None:
    assert wording.thinking_block("hm", "sig", None) == {
        "type": "thinking",
        "thinking": "hm",
        "signature": "sig",
    }
    sealed = wording.thinking_block("", None, "sealed")
    assert sealed == {"type": "redacted_thinking", "data": "sealed"}


def test_a_call_carries_googles_signature() -> None:
    assert "extra_content" not in wording.tool_call("c", "f", "{}", None)
    signed = wording.tool_call("c", "f", "{}", "sig")
    assert signed["extra_content"] == {"google": {"thought_signature": "sig"}}
