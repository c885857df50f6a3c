"""What it costs to read a few fields of a chat body and pass it on with another model.

    python -m benchmarks.json_bodies

Prints microseconds of CPU per body, the least of many tries, for three sizes. "Kept" says what of
the caller's body survives: `bytes` all but the model's value, `values` every value byte for byte
but not the space between them, `meaning` only what a parser reads out of it.
"""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pydantic_core

from benchmarks import payloads
from turnout.interfaces.relay.openai.json_body import exchange

_MODEL = "another-model"
_SIZES = {"300 B": 200, "25 KB": 25_000, "200 KB": 200_000}
_TRIES = 15
_SECONDS_PER_TRY = 0.05

Read = Callable[[bytes], object]
Rewrite = Callable[[bytes], bytes]


class _Fields(msgspec.Struct, gc=False):
    model: str
    messages: msgspec.Raw
    stream: bool | None = None
    max_tokens: int | None = None
    tools: list[msgspec.Raw] | None = None
    temperature: float | None = None


class _RawModel(msgspec.Struct, gc=False):
    model: msgspec.Raw
    messages: msgspec.Raw
    stream: bool | None = None
    max_tokens: int | None = None
    tools: list[msgspec.Raw] | None = None
    temperature: float | None = None


_FIELDS = msgspec.json.Decoder(_Fields)
_RAW_MODEL = msgspec.json.Decoder(_RawModel)
_RAW_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NEW = msgspec.Raw(msgspec.json.encode(_MODEL))


def _loads_and_dumps(loads: Callable[[bytes], Any], dumps: Callable[[Any], Any]) -> Rewrite:
    def rewrite(body: bytes) -> bytes:
        read = loads(body)
        read["stream"] = read.get("stream", False)
        read["model"] = _MODEL
        written = dumps(read)
        return written if isinstance(written, bytes) else written.encode()

    return rewrite


def _raw_members(body: bytes) -> bytes:
    members = _RAW_MEMBERS.decode(body)
    members["model"] = _NEW
    return msgspec.json.encode(members)


def _exchanged(body: bytes) -> bytes:
    return exchange(body, _RAW_MODEL.decode(body).model, bytes(_NEW))


_STANDARD = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
_WAYS: dict[str, tuple[str, Read, Rewrite]] = {
    "json": ("meaning", json.loads, _loads_and_dumps(json.loads, _STANDARD)),
    "pydantic_core": (
        "meaning",
        pydantic_core.from_json,
        _loads_and_dumps(pydantic_core.from_json, pydantic_core.to_json),
    ),
    "msgspec, dict": (
        "meaning",
        msgspec.json.decode,
        _loads_and_dumps(msgspec.json.decode, msgspec.json.encode),
    ),
    "msgspec, dict of Raw": ("values", _RAW_MEMBERS.decode, _raw_members),
    "msgspec, Struct, exchange in place": ("bytes", _FIELDS.decode, _exchanged),
}


def _body(prompt_bytes: int) -> bytes:
    read = json.loads(payloads.chat_request(prompt_bytes))
    turns = max(1, prompt_bytes // 1000)
    text = read["messages"][0]["content"]
    size = len(text) // turns
    read["messages"] = [
        {"role": ("user", "assistant")[turn % 2], "content": f'{text[:size]}\n"quoted" ✓'}
        for turn in range(turns)
    ]
    return json.dumps({**read, "temperature": 0.7, "max_tokens": 100, "user": "u-1"}).encode()


def microseconds(work: Callable[[bytes], object], body: bytes) -> float:
    """The least CPU time that one call takes."""
    count = 1
    while (once := _timed(work, body, count)) < _SECONDS_PER_TRY:
        count = max(count * 2, int(count * _SECONDS_PER_TRY / max(once, 1e-6)))
    return min(_timed(work, body, count) for _ in range(_TRIES)) / count * 1e6


def _timed(work: Callable[[bytes], object], body: bytes, count: int) -> float:
    begin = time.process_time()
    for _ in range(count):
        work(body)
    return time.process_time() - begin


def main() -> None:
    """Print the table."""
    heads = [f"{size} {what}" for size in _SIZES for what in ("read", "read+write")]
    print("| way | kept | " + " | ".join(heads) + " |")
    print("|---|---|" + "---|" * len(heads))
    bodies = [_body(size) for size in _SIZES.values()]
    for name, (kept, read, rewrite) in _WAYS.items():
        for body in bodies:
            assert json.loads(rewrite(body)) == {**json.loads(body), "model": _MODEL} | (
                {"stream": False} if kept == "meaning" else {}
            ), name
        cells = [f"{microseconds(work, body):.1f}" for body in bodies for work in (read, rewrite)]
        print(f"| {name} | {kept} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
