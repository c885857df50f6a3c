import pytest

from turnout.infrastructure.protocols.gemini.generation import generation


@pytest.mark.parametrize(
    ("name", "version", "pro", "thinks", "signs", "by_level", "may_rest"),
    [
        ("gemini-1.5-flash-latest", (1, 5), False, False, False, False, True),
        ("gemini-2.0-flash", (2, 0), False, False, False, False, True),
        ("models/gemini-2.5-flash-lite", (2, 5), False, True, False, False, True),
        ("gemini-2.5-pro", (2, 5), True, True, False, False, False),
        ("gemini-3-flash-preview", (3, 0), False, True, True, True, False),
        ("gemini-3.1-pro-preview", (3, 1), True, True, True, True, False),
        ("gemini-flash-latest", (99, 0), False, True, True, False, True),
        ("gemini-pro-latest", (99, 0), True, True, True, False, False),
        ("gemma-3-27b-it", None, False, False, False, False, True),
    ],
)
def test_the_version_is_in_the_name(
    name: str,
    version: tuple[int, int] | None,
    pro: bool,
    thinks: bool,
    signs: bool,
    by_level: bool,
    may_rest: bool,
) -> None:
    found = generation(name)
    assert (found.version, found.pro) == (version, pro)
    assert (found.thinks, found.signs) == (thinks, signs)
    assert (found.by_level, found.may_rest) == (by_level, may_rest)


@pytest.mark.parametrize(
    ("name", "effort", "config"),
    [
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-flash", "low", {"thinkingBudget": 1024}),
        ("gemini-2.5-flash", "medium", {"thinkingBudget": 8192}),
        ("gemini-2.5-flash", "xhigh", {"thinkingBudget": 24576}),
        ("gemini-2.5-pro", "none", {"thinkingBudget": 128}),
        ("gemini-3-flash", "none", {"thinkingLevel": "MINIMAL"}),
        ("gemini-3-flash", "high", {"thinkingLevel": "HIGH"}),
        ("gemini-3-pro", "minimal", {"thinkingLevel": "LOW"}),
        ("gemini-3-pro", "medium", {"thinkingLevel": "MEDIUM"}),
        ("gemini-flash-latest", "medium", {"thinkingBudget": 8192}),
        ("gemini-2.5-flash", "utmost", None),
        ("gemini-3-flash", "utmost", None),
    ],
)
def test_efforts(name: str, effort: str, config: dict[str, object] | None) -> None:
    assert generation(name).by_effort(effort) == config
