"""Vectors as OpenAI's list of embeddings.

Source: OpenAI's `POST /v1/embeddings`; base64 holds little-endian 32-bit floats.
"""

import base64
import struct

import msgspec

from turnout.domain.inference.reply import EmbeddingReply, NativeReply


def embeddings_body(reply: EmbeddingReply | NativeReply, *, encoding: str, model: str) -> bytes:
    """Return the body of the answer; a native one as it came. `encoding`: float or base64.

    `model` stands in where the provider does not name its own (Gemini does not).
    """
    if isinstance(reply, NativeReply):
        return reply.body
    write = _base64 if encoding == "base64" else list
    answer: dict[str, object] = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": write(vector)}
            for index, vector in enumerate(reply.vectors)
        ],
        "model": reply.model or model,
    }
    tokens = reply.usage.input_tokens if reply.usage is not None else 0
    answer["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
    return msgspec.json.encode(answer)


def _base64(vector: tuple[float, ...]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
