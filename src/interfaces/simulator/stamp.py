"""What makes two requests differ although all is deterministic: a seed and a running number."""

from hashlib import blake2b

from msgspec import Struct

_EPOCH_SECONDS = 1_750_000_000
_TWO_TO_THE_64 = 1 << 64


class Stamp(Struct, frozen=True):
    """The identity of one request: ids, creation time and dice follow from it alone."""

    seed: int
    sequence: int

    @property
    def created(self) -> int:
        """Seconds since 1970, one more per request: the same requests give the same bytes."""
        return _EPOCH_SECONDS + self.sequence

    def id(self, prefix: str, label: str = "") -> str:
        """An id such as `chatcmpl-5b0c...` with 24 hexadecimal digits, another for each label."""
        return prefix + self._digest(f"{prefix}{label}", 12).hex()

    def share(self, label: str) -> float:
        """A number from 0 up to but without 1, evenly spread over the sequence."""
        return int.from_bytes(self._digest(label, 8), "big") / _TWO_TO_THE_64

    def _digest(self, label: str, size: int) -> bytes:
        return blake2b(f"{self.seed}/{self.sequence}/{label}".encode(), digest_size=size).digest()
