"""Thought signatures: how they travel through callers who know nothing of Gemini.

Source: Gemini API, "Thought signatures". A signature of a tool call travels beside the call, where
its place tells whose it is. One of a text part travels as the proof of a piece of reasoning, where
another protocol's could stand as well, so it is marked.
"""

_MARK = "gemini:"

UNSIGNED = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
"""`skip_thought_signature_validator` in base64: the signature of a call that another model made.
Gemini 3 refuses calls of the current turn that have none."""


def mark(signature: str | None) -> str | None:
    """Make a text part's signature a proof of reasoning."""
    return _MARK + signature if signature else None


def unmark(proof: str | None) -> str | None:
    """Return the signature in a proof of reasoning, None if it is not Gemini's."""
    return proof.removeprefix(_MARK) if proof is not None and proof.startswith(_MARK) else None
