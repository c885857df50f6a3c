"""What a call and its answer are called on a server that others may look at."""

from hashlib import sha256

from turnout.application.ports.response_cache import CacheKey


def answer_name(key: CacheKey) -> str:
    """Return a name that says nothing of the tenant or the question."""
    parts = (key.tenant.encode(), key.protocol.encode(), key.route.encode(), key.fingerprint)
    digest = sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts))
    return digest.hexdigest()
