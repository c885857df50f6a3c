import msgspec
import pytest

from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.gemini.usage import read_usage


def test_thinking_is_output_and_tool_results_are_input() -> None:
    raw = (
        b'{"promptTokenCount": 100, "toolUsePromptTokenCount": 20, "cachedContentTokenCount": 30,'
        b'"candidatesTokenCount": 7, "thoughtsTokenCount": 5, "totalTokenCount": 132,'
        b'"promptTokensDetails": [{"modality": "TEXT", "tokenCount": 60},'
        b'{"modality": "AUDIO", "tokenCount": 40}],'
        b'"candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 7}], "trafficType": 1}'
    )
    assert read_usage(msgspec.Raw(raw)) == TokenUsage(
        input_tokens=120,
        output_tokens=12,
        cached_input_tokens=30,
        reasoning_tokens=5,
        audio_input_tokens=40,
        audio_output_tokens=7,
    )


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b'{"trafficType": "ON_DEMAND"}', b'{"promptTokenCount": "many"}']
)
def test_what_holds_no_counts_is_none(raw: bytes) -> None:
    assert read_usage(msgspec.Raw(raw)) is None
