"""Tokens as the simulator counts and cuts them: pieces of text of up to six letters."""

import re
from binascii import crc32
from itertools import cycle, islice

_PIECE = re.compile(r"\s*\S{1,6}|\s+")
_CHARACTERS_PER_TOKEN = 4
_VOCABULARY = (  # no word over six letters, so that each is one token
    "river stone light paper north quiet signal carbon window garden copper silver harbor meadow "
    "winter summer orange violet thread bridge candle forest island market mirror planet rocket"
)
_WORDS = _VOCABULARY.split()


def pieces(text: str) -> list[str]:
    """The text cut into tokens; joined they are the text again."""
    return _PIECE.findall(text)


def estimated_tokens(characters: int) -> int:
    """About how many tokens so many characters of a prompt are; quick, for prompts may be long."""
    return (characters + _CHARACTERS_PER_TOKEN - 1) // _CHARACTERS_PER_TOKEN


def digest(text: str) -> str:
    """Eight hexadecimal digits that stand for the text."""
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def filler(count: int, salt: str) -> list[str]:
    """So many one-token words, each with its space before it, that start where the salt says."""
    start = crc32(salt.encode()) % len(_WORDS)
    return [f" {word}" for word in islice(cycle(_WORDS), start, start + count)]
