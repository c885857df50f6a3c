"""Anthropic's messages, token counts and models, as a server speaks them."""

from msgspec.json import encode

from turnout.interfaces.simulator.answers import billed, compose
from turnout.interfaces.simulator.anthropic_messages.failures import limit_headers, write_failure
from turnout.interfaces.simulator.anthropic_messages.models import list_models, show_model
from turnout.interfaces.simulator.anthropic_messages.reply import Cached, write_frames, write_reply
from turnout.interfaces.simulator.anthropic_messages.request import read_prompt, read_tokens
from turnout.interfaces.simulator.dialect import Call, Dialect, Headers, Job, Operation
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.stamp import Stamp


def create_message(call: Call) -> Job:
    """Answer a message request; raises Refused."""
    prompt = read_prompt(call.request.body)
    call.require_model(prompt.model)
    call.refuse_prefill(prompt.prefill)
    answer = compose(prompt, call.profile, refused=call.refused)[0]
    cached = Cached(*call.cache.touch(prompt.cache_marks))
    tokens = billed(prompt, [answer], cached=cached.read, cache_write=cached.created)
    if prompt.stream:
        return Job(
            model=prompt.model,
            frames=write_frames(prompt, answer, call.stamp, cached),
            content_type="text/event-stream; charset=utf-8",
            tokens=tokens,
        )
    return Job(
        model=prompt.model,
        body=write_reply(prompt, answer, call.stamp, cached),
        tokens=tokens,
    )


def count_tokens(call: Call) -> Job:
    """Count the tokens of a conversation, which costs nothing; raises Refused."""
    model, tokens = read_tokens(call.request.body)
    call.require_model(model)
    return Job(model=model, body=encode({"input_tokens": tokens}))


def _credential(request: Request) -> str:
    bearer = request.header(b"authorization").removeprefix("Bearer ")
    return request.header(b"x-api-key") or bearer


def _headers(stamp: Stamp) -> Headers:
    return (("request-id", stamp.id("req_")),)


DIALECT = Dialect("anthropic_messages", _credential, write_failure, _headers, limit_headers)
MESSAGES = Operation("messages", DIALECT, create_message)
COUNT_TOKENS = Operation("count_tokens", DIALECT, count_tokens)
MODELS = Operation("models", DIALECT, list_models)
MODEL = Operation("models", DIALECT, show_model)
