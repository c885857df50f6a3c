"""The bodies that callers send and upstreams answer, in OpenAI's and Anthropic's shapes."""

import json
from typing import Any

MODEL = "bench-model"
ACCESS_KEY = "bench-key"
ANSWER = "The benchmark answer is a sentence of a usual length, no more."
TICK = " tick"
"""How every streamed text begins; counted in what a caller receives, in any protocol."""
_TICKS = (f"{TICK}, ", f"{TICK}; ")
"""Two texts in turn: some gateways end a stream that repeats itself."""

Events = tuple[bytes, tuple[bytes, ...], bytes]
"""A stream's first events, its text events in turn, and its last events."""

JsonObject = dict[str, Any]


def chat_request(prompt_bytes: int, *, stream: bool = False) -> bytes:
    """An OpenAI chat request with a prompt of `prompt_bytes`."""
    prompt = ("Say something about the weather in the north. " * (prompt_bytes // 46 + 1))[
        :prompt_bytes
    ]
    body: JsonObject = {"model": MODEL, "messages": [{"role": "user", "content": prompt}]}
    if stream:
        body["stream"] = True
    return _compact(body)


def openai_answer() -> bytes:
    """A `chat.completion` object."""
    message: JsonObject = {"role": "assistant", "content": ANSWER, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 70, "completion_tokens": 15, "total_tokens": 85}
    return _compact(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": MODEL,
            "choices": [choice],
            "usage": usage,
        }
    )


def anthropic_answer() -> bytes:
    """A `message` object."""
    return _compact(
        {**_anthropic_message([{"type": "text", "text": ANSWER}]), "stop_reason": "end_turn"}
    )


def model_list() -> bytes:
    """What `GET /v1/models` of an upstream says."""
    model = {"id": MODEL, "object": "model", "created": 1_700_000_000, "owned_by": "benchmarks"}
    return _compact({"object": "list", "data": [model]})


def openai_events() -> Events:
    """A chat stream in OpenAI's chunks."""

    def event(delta: JsonObject, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {
            "id": "chatcmpl-bench",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": MODEL,
            "choices": [choice],
        }
        return b"data: " + _compact(chunk) + b"\n\n"

    first = event({"role": "assistant", "content": ""})
    texts = tuple(event({"content": text}) for text in _TICKS)
    return first, texts, event({}, "stop") + b"data: [DONE]\n\n"


def anthropic_events() -> Events:
    """A chat stream in Anthropic's named events."""

    def event(kind: str, **fields: Any) -> bytes:
        return f"event: {kind}\ndata: ".encode() + _compact({"type": kind, **fields}) + b"\n\n"

    block = {"type": "text", "text": ""}
    first = event("message_start", message={**_anthropic_message([]), "stop_reason": None})
    first += event("content_block_start", index=0, content_block=block)
    deltas = [{"type": "text_delta", "text": text} for text in _TICKS]
    texts = tuple(event("content_block_delta", index=0, delta=delta) for delta in deltas)
    ending = {"stop_reason": "end_turn", "stop_sequence": None}
    last = event("content_block_stop", index=0)
    last += event("message_delta", delta=ending, usage={"output_tokens": 15})
    return first, texts, last + event("message_stop")


def _anthropic_message(content: list[JsonObject]) -> JsonObject:
    return {
        "id": "msg_bench",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": content,
        "stop_sequence": None,
        "usage": {"input_tokens": 70, "output_tokens": 15},
    }


def _compact(value: JsonObject) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
