"""Signatures of thinking, which must come back unchanged in the next turn."""

from base64 import b64encode
from hashlib import blake2b

_SIZE = 48


def signature_of(thinking: str) -> str:
    """The signature of this thinking: any simulator finds that of another right."""
    digest = blake2b(
        thinking.encode("utf-8", "surrogatepass"), digest_size=_SIZE, person=b"simulator"
    )
    return b64encode(digest.digest()).decode()
