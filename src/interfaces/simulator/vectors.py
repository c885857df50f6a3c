"""Embedding vectors: of length one, and always the same for the same text."""

from array import array
from base64 import b64encode
from hashlib import shake_128
from math import sqrt
from sys import byteorder


def vector_of(text: str, dimensions: int) -> list[float]:
    """So many numbers whose squares sum up to one."""
    numbers = array("h", shake_128(text.encode("utf-8", "surrogatepass")).digest(2 * dimensions))
    length = sqrt(sum(number * number for number in numbers)) or 1.0
    return [number / length for number in numbers]


def packed(vector: list[float]) -> str:
    """The vector as base64 of little-endian 32-bit floats, as OpenAI's clients ask for it."""
    floats = array("f", vector)
    if byteorder == "big":
        floats.byteswap()
    return b64encode(floats.tobytes()).decode()
