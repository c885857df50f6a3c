"""Gemini's generateContent and its kin, as a server speaks them."""

from msgspec import Struct
from msgspec.json import encode

from turnout.interfaces.simulator.allowance import Standing
from turnout.interfaces.simulator.answers import compose
from turnout.interfaces.simulator.bodies import bad_request
from turnout.interfaces.simulator.dialect import Call, Dialect, Headers, Job, Operation
from turnout.interfaces.simulator.gemini.embeddings import batch_embed_contents, embed_content
from turnout.interfaces.simulator.gemini.failures import write_failure
from turnout.interfaces.simulator.gemini.models import list_models, show_model
from turnout.interfaces.simulator.gemini.reply import Reply
from turnout.interfaces.simulator.gemini.request import (
    Content,
    GenerateRequest,
    content_tokens,
    prompt_tokens,
    read_body,
    read_prompt,
)
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

_JSON = "application/json; charset=UTF-8"


class CountTokensRequest(Struct, rename="camel"):
    """Contents to be counted, bare or in a whole request."""

    contents: list[Content] | None = None
    generate_content_request: GenerateRequest | None = None


def generate_content(call: Call) -> Job:
    """Answer whole; raises Refused."""
    prompt = read_prompt(call.request.body, call.model, stream=False)
    reply = _reply(call, prompt)
    return Job(
        model=call.model,
        body=reply.write(),
        content_type=_JSON,
        tokens=reply.tokens,
    )


def stream_generate_content(call: Call) -> Job:
    """Answer in parts: as events with `alt=sse`, else as one JSON array; raises Refused."""
    prompt = read_prompt(call.request.body, call.model, stream=True)
    if prompt.logprobs is not None:
        raise bad_request("LogProbs is not supported in streaming mode")
    reply = _reply(call, prompt)
    as_events = call.request.parameter("alt") == "sse"
    return Job(
        model=call.model,
        frames=reply.events() if as_events else reply.array(),
        content_type="text/event-stream" if as_events else _JSON,
        tokens=reply.tokens,
    )


def _reply(call: Call, prompt: Prompt) -> Reply:
    call.require_model(call.model)
    call.refuse_prefill(prompt.prefill)
    answers = compose(prompt, call.profile, refused=call.refused)
    cached, _ = call.cache.touch(prompt.cache_marks)
    return Reply(prompt, answers, call.stamp, cached)


def count_tokens(call: Call) -> Job:
    """Count the tokens of contents, which costs nothing; raises Refused."""
    request = read_body(call.request.body, CountTokensRequest)
    call.require_model(call.model)
    if request.generate_content_request is not None:
        tokens = prompt_tokens(request.generate_content_request)
    else:
        tokens = sum(map(content_tokens, request.contents or ()))
    details = [{"modality": "TEXT", "tokenCount": tokens}]
    body = encode({"totalTokens": tokens, "promptTokensDetails": details})
    return Job(model=call.model, body=body, content_type=_JSON)


def _credential(request: Request) -> str:
    bearer = request.header(b"authorization").removeprefix("Bearer ")
    return request.header(b"x-goog-api-key") or request.parameter("key") or bearer


def _headers(stamp: Stamp) -> Headers:
    return ()


def _limits(standing: Standing) -> Headers:
    """Google tells nobody how they stand."""
    return ()


DIALECT = Dialect("gemini", _credential, write_failure, _headers, _limits)
GENERATE_CONTENT = Operation("generate_content", DIALECT, generate_content)
STREAM_GENERATE_CONTENT = Operation("stream_generate_content", DIALECT, stream_generate_content)
EMBED_CONTENT = Operation("embed_content", DIALECT, embed_content)
BATCH_EMBED_CONTENTS = Operation("batch_embed_contents", DIALECT, batch_embed_contents)
COUNT_TOKENS = Operation("count_tokens", DIALECT, count_tokens)
MODELS = Operation("models", DIALECT, list_models)
MODEL = Operation("models", DIALECT, show_model)
