"""OpenAI's chat completions, embeddings and models, as a server speaks them."""

from turnout.interfaces.simulator.answers import billed, compose
from turnout.interfaces.simulator.dialect import Call, Dialect, Headers, Job, Operation
from turnout.interfaces.simulator.http_request import Request
from turnout.interfaces.simulator.openai_chat.embeddings import embed
from turnout.interfaces.simulator.openai_chat.failures import limit_headers, write_failure
from turnout.interfaces.simulator.openai_chat.models import list_models, show_model
from turnout.interfaces.simulator.openai_chat.reply import write_frames, write_reply
from turnout.interfaces.simulator.openai_chat.request import read_prompt
from turnout.interfaces.simulator.stamp import Stamp


def complete_chat(call: Call) -> Job:
    """Answer a chat completion request; raises Refused."""
    prompt = read_prompt(call.request.body)
    call.require_model(prompt.model)
    call.refuse_prefill(prompt.prefill)
    answers = compose(prompt, call.profile, refused=call.refused)
    cached, _ = call.cache.touch(prompt.cache_marks)
    tokens = billed(prompt, answers, cached=cached)
    if prompt.stream:
        return Job(
            model=prompt.model,
            frames=write_frames(prompt, answers, call.stamp, cached),
            content_type="text/event-stream; charset=utf-8",
            tokens=tokens,
        )
    return Job(
        model=prompt.model,
        body=write_reply(prompt, answers, call.stamp, cached),
        tokens=tokens,
    )


def _credential(request: Request) -> str:
    return request.header(b"authorization").removeprefix("Bearer ")


def _headers(stamp: Stamp) -> Headers:
    return (("x-request-id", stamp.id("req_")), ("openai-version", "2020-10-01"))


DIALECT = Dialect("openai_chat", _credential, write_failure, _headers, limit_headers)
CHAT_COMPLETIONS = Operation("chat_completions", DIALECT, complete_chat)
EMBEDDINGS = Operation("embeddings", DIALECT, embed)
MODELS = Operation("models", DIALECT, list_models)
MODEL = Operation("models", DIALECT, show_model)
