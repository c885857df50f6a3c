import pytest

from turnout.infrastructure.protocols.anthropic_messages.claude import claude


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("claude-3-opus-20240229", (3, 0)),
        ("claude-3-5-haiku-20241022", (3, 5)),
        ("claude-3-7-sonnet@20250219", (3, 7)),
        ("claude-sonnet-4-20250514", (4, 0)),
        ("claude-opus-4-1-20250805", (4, 1)),
        ("anthropic/claude-sonnet-4.5", (4, 5)),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", (4, 5)),
        ("claude-opus-5", (5, 0)),
        ("claude-mythos-preview", (99, 0)),
        ("claude-instant-v1", (2, 0)),
        ("gpt-oss:20b", None),
    ],
)
def test_the_generation_is_in_the_name(name: str, generation: tuple[int, int] | None) -> None:
    assert claude(name).generation == generation


@pytest.mark.parametrize(
    ("name", "abilities"),
    [
        ("gpt-oss:20b", "sampling thinking"),
        ("claude-3-5-haiku-latest", "sampling"),
        ("claude-3-7-sonnet-latest", "sampling thinking"),
        ("claude-opus-4-1", "sampling temperature_or_top_p thinking"),
        ("claude-sonnet-4-5", "sampling temperature_or_top_p thinking structured"),
        ("claude-opus-4-6", "sampling temperature_or_top_p thinking adaptive structured"),
        ("claude-opus-4-7", "temperature_or_top_p thinking adaptive extra_high structured"),
        ("claude-fable-5", "temperature_or_top_p thinking adaptive extra_high structured"),
    ],
)
def test_what_a_generation_takes(name: str, abilities: str) -> None:
    words = ["sampling", "temperature_or_top_p", "thinking", "adaptive", "extra_high", "structured"]
    model = claude(name)
    assert [word for word in words if getattr(model, word)] == abilities.split()
