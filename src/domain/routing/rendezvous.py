"""Weighted rendezvous hashing: every mark ranks all lots, and each lot's rank is its own affair.

So a target that fails or goes hands its marks to the others in proportion to their weights, and
nothing else moves. Sources: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit
Rates" (1998); the weights are by -w / ln(h), as in Wang and Ravishankar's and Resch's variants.
"""

from hashlib import blake2b
from math import log

_BITS = 0xFFFF_FFFF_FFFF_FFFF
_ONE = 2.0**52


def fingerprint(text: str | bytes) -> int:
    """Return 64 bits that stand for `text`, the same in every process."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return int.from_bytes(blake2b(data, digest_size=8).digest())


def rank(mark: int, lot: int, weight: float) -> float:
    """Return the rank that `mark` gives to `lot`; the highest wins. `weight` is more than 0."""
    # 52 bits and a half are the most that a float tells from 0 and from 1.
    return -weight / log(((_mixed(mark ^ lot) >> 12) + 0.5) / _ONE)


def _mixed(bits: int) -> int:
    """Scatter 64 bits (the finalizer of SplitMix64, Steele, Lea and Flood, 2014)."""
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & _BITS
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & _BITS
    return bits ^ bits >> 31
