"""A whole chat call to canonical form, for providers that speak another protocol.

Source: OpenAI's chat completions; `top_k` and `reasoning: {...}` are OpenRouter's.
"""

from typing import Any

import msgspec

from turnout.domain.inference.conversation import Conversation, Sampling, Thinking
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.messages import read_messages
from turnout.interfaces.relay.ingress.openai_chat.tools import (
    read_output,
    read_tool_choice,
    read_tools,
)
from turnout.interfaces.relay.openai.fields import Fields, wrong_type
from turnout.interfaces.relay.openai.json_body import read_json

_ANYTHING: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_OURS = ("model", "stream", "stream_options")
"""What the relay itself answers for."""
_DEFAULTS = {"store": False, "modalities": ["text"], "service_tier": "auto"}
"""Values by which a caller asks for nothing that it would not get anyway."""


def read_conversation(body: bytes) -> Conversation:
    """Read a request's body. Raises InvalidRequest, naming the field."""
    call = Fields(read_json(_ANYTHING, body))
    for name in _OURS:
        call.take(name)
    messages = read_messages(call.items("messages"))
    toolbox = read_tools(call)
    leftovers = toolbox.leftovers
    tool_choice, output = read_tool_choice(call, leftovers), read_output(call, leftovers)
    parallel_tools = call.flag("parallel_tool_calls")
    sampling, thinking, user = _sampling(call), _thinking(call, leftovers), call.text("user")
    for name, value in call.rest().items():
        if name not in _DEFAULTS or value != _DEFAULTS[name]:
            leftovers[name] = value
    return Conversation(
        messages,
        toolbox.tools,
        tool_choice,
        parallel_tools=parallel_tools,
        output=output,
        sampling=sampling,
        thinking=thinking,
        user=user,
        leftovers=leftovers,
    )


def _sampling(call: Fields) -> Sampling:
    longest, deprecated = call.integer("max_completion_tokens"), call.integer("max_tokens")
    return Sampling(
        temperature=call.number("temperature"),
        top_p=call.number("top_p"),
        top_k=call.integer("top_k"),
        max_output_tokens=deprecated if longest is None else longest,
        stop=_stop(call),
        seed=call.integer("seed"),
        presence_penalty=call.number("presence_penalty"),
        frequency_penalty=call.number("frequency_penalty"),
        logprobs=call.flag("logprobs"),
        top_logprobs=call.integer("top_logprobs"),
        logit_bias=_logit_bias(call),
        choices=call.integer("n"),
    )


def _stop(call: Fields) -> tuple[str, ...]:
    value = call.take("stop")
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise wrong_type("stop", value, "a string or an array of strings")
    stop: list[str] = []
    for index, text in enumerate(value):
        if not isinstance(text, str):
            raise wrong_type(f"stop[{index}]", text, "a string")
        stop.append(text)
    return tuple(stop)


def _logit_bias(call: Fields) -> dict[str, float] | None:
    biases = call.mapping("logit_bias")
    if biases is None:
        return None
    checked: dict[str, float] = {}
    for token, bias in biases.items():
        if not isinstance(bias, int | float) or isinstance(bias, bool):
            raise wrong_type(f"logit_bias.{token}", bias, "a number")
        checked[token] = bias
    return checked


def _thinking(call: Fields, leftovers: dict[str, object]) -> Thinking | None:
    effort = call.text("reasoning_effort")
    reasoning = call.fields("reasoning")
    if reasoning is None:
        return None if effort is None else Thinking(effort)
    budget, enabled = reasoning.integer("max_tokens"), reasoning.flag("enabled")
    effort = reasoning.text("effort") or effort
    leftovers.update((f"reasoning.{name}", value) for name, value in reasoning.rest().items())
    if budget is not None and budget < 0:
        place = reasoning.at("max_tokens")
        raise InvalidRequest(f"Invalid value for '{place}': expected 0 or more.", field=place)
    if enabled is False:
        return Thinking("none")
    if effort is None and budget is None:
        return Thinking("medium") if enabled else None
    return Thinking(effort, budget)
