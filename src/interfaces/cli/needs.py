"""Reads the words of `--needs` and `--capability`."""

from collections.abc import Iterable

from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.shared.errors import alike
from turnout.interfaces.cli.actions import BadOptions


def capabilities_of(words: Iterable[str], option: str) -> frozenset[Capability]:
    """Read capability words, also several with commas. Raises BadOptions naming the bad one."""
    named = [word.strip() for text in words for word in text.split(",") if word.strip()]
    return frozenset(_capability(word, option) for word in named)


def requirement_of(needs: Iterable[str], *, stream: bool, input_tokens: int) -> Requirement:
    """Return the needs of a chat request that asks for these words."""
    wanted = capabilities_of(needs, "--needs")
    if not wanted & {Capability.EMBEDDINGS, Capability.CHAT}:
        wanted |= {Capability.CHAT}
    if stream:
        wanted |= {Capability.STREAMING}
    return Requirement(wanted, input_tokens)


def _capability(word: str, option: str) -> Capability:
    if word in list(Capability):
        return Capability(word)
    expected = ", ".join(Capability)
    raise BadOptions(
        f"{option}: found {word!r}, expected one of {expected}{alike(word, Capability)}"
    )
