"""From a canonical conversation to the body of Anthropic's Messages API.

Source: Anthropic's Messages API, "Create a Message", version 2023-06-01.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.conversation import Conversation, Sampling, ToolMode
from turnout.infrastructure.protocols.anthropic_messages.answer import Answer, plan_answer
from turnout.infrastructure.protocols.anthropic_messages.blocks import (
    FILES_BETA,
    NAME,
    Block,
    encode_block,
)
from turnout.infrastructure.protocols.anthropic_messages.claude import Claude, claude
from turnout.infrastructure.protocols.anthropic_messages.thinking import (
    Effort,
    Setting,
    plan_effort,
)
from turnout.infrastructure.protocols.anthropic_messages.tools import (
    choose_tool,
    encode_tools,
    forces,
)
from turnout.infrastructure.protocols.asked_thinking import asked_thinking, other_leftovers
from turnout.infrastructure.protocols.codec import WireRequest
from turnout.infrastructure.protocols.turns import Dialogue, Placed, Turn, lay_out

Body = dict[str, object]

_PASSED_ON = frozenset(
    {
        "cache_control", "container", "context_management", "diagnostics", "inference_geo",
        "mcp_servers", "speed", "user_profile_id",
    }
)  # fmt: skip
"""Fields of Anthropic's own that a caller may send along; they outweigh what we derive."""
_BETAS = ("betas", "anthropic_beta")
_SERVER_TOOL = re.compile(r"tools\[\d+\]=[a-z_]+_20\d{6}")
"""A tool that runs at Anthropic, such as `web_search_20250305`."""
_TIERS = {"auto": "auto", "standard_only": "standard_only", "default": "standard_only"}


def encode_request(
    conversation: Conversation, deployment: Deployment, *, stream: bool
) -> WireRequest:
    """Write the whole call. Raises ProviderFailure UNSUPPORTED."""
    dialogue, model = lay_out(conversation.messages, NAME), claude(deployment.upstream)
    dropped = list(dialogue.dropped)
    answer = (
        Answer() if _calls_first(conversation) else plan_answer(conversation.output, model, dropped)
    )
    choice = choose_tool(conversation, answer)
    setting = Setting(deployment, model, dialogue.turns, forces(choice))
    asked = asked_thinking(conversation)
    effort = plan_effort(asked, conversation.sampling, setting, dropped)
    body: Body = {"model": deployment.upstream, "max_tokens": effort.max_tokens}
    body |= _said(dialogue, answer, dropped)
    tools = encode_tools(conversation.tools, dialogue.turns, model, dropped)
    if answer.tool is not None:
        tools.append(dict(answer.tool))
    if tools:
        body["tools"] = tools
        if choice is not None:
            body["tool_choice"] = choice
    body |= _sampling(conversation.sampling, model, effort, dropped)
    body |= _effort(effort, answer)
    if conversation.user:
        body["metadata"] = {"user_id": conversation.user[:512]}
    betas = _leftovers(other_leftovers(conversation, asked), body, dropped)
    if stream:
        body["stream"] = True
    return _wire(body, betas, dropped)


def _calls_first(conversation: Conversation) -> bool:
    """Tell whether the model has to call a tool of the caller's, so that it cannot answer yet."""
    choice = conversation.tool_choice
    forced = choice is not None and choice.mode in (ToolMode.REQUIRED, ToolMode.NAMED)
    return forced and bool(conversation.tools)


def _wire(body: Body, betas: list[str], dropped: list[str]) -> WireRequest:
    encoded = msgspec.json.encode(body)
    if b'"type":"file"' in encoded and FILES_BETA not in betas:
        betas.append(FILES_BETA)
    headers = (("anthropic-beta", ",".join(betas)),) if betas else ()
    return WireRequest(encoded, headers, tuple(dict.fromkeys(dropped)))


def _said(dialogue: Dialogue, answer: Answer, dropped: list[str]) -> Body:
    body: Body = {}
    system = _blocks(dialogue.system, dropped)
    if answer.instruction is not None:
        system.append({"type": "text", "text": answer.instruction})
    if system:
        body["system"] = system
    messages = _messages(dialogue.turns, dropped)
    _trim(messages)
    return {**body, "messages": messages}


def _messages(turns: Iterable[Turn], dropped: list[str]) -> list[Body]:
    """Write the turns. Where all of one was lost, its neighbours become one."""
    messages: list[tuple[str, list[Block]]] = []
    for turn in turns:
        role, blocks = "assistant" if turn.by_model else "user", _blocks(turn.placed, dropped)
        if not turn.by_model:
            # The results of tools have to come first in the turn that follows the calls.
            blocks.sort(key=lambda block: block["type"] != "tool_result")
        if messages and messages[-1][0] == role:
            messages[-1][1].extend(blocks)
        elif blocks:
            messages.append((role, blocks))
    return [{"role": role, "content": blocks} for role, blocks in messages]


def _blocks(placed: Iterable[Placed], dropped: list[str]) -> list[Block]:
    blocks = (encode_block(each, dropped) for each in placed)
    return [block for block in blocks if block is not None]


def _trim(messages: Sequence[Body]) -> None:
    """An answer to be continued may not end in white space."""
    if not messages or messages[-1]["role"] != "assistant":
        return
    content = messages[-1]["content"]
    last = content[-1] if isinstance(content, list) else {}
    if last.get("type") == "text":
        last["text"] = str(last["text"]).rstrip()


def _sampling(sampling: Sampling, model: Claude, effort: Effort, dropped: list[str]) -> Body:
    body = _temperature(sampling, model, effort, dropped)
    if sampling.top_k is not None:
        if model.sampling and not effort.thinks:
            body["top_k"] = sampling.top_k
        else:
            dropped.append("top_k")
    stop = [word for word in sampling.stop if word.strip()]
    if stop:
        body["stop_sequences"] = stop
    if len(stop) < len(sampling.stop):
        dropped.append("stop")
    if (sampling.choices or 1) > 1:
        dropped.append("n")
    if sampling.seed is not None:
        dropped.append("seed")
    set_ones = ("presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "logit_bias")
    dropped.extend(name for name in set_ones if getattr(sampling, name))
    return body


def _temperature(sampling: Sampling, model: Claude, effort: Effort, dropped: list[str]) -> Body:
    """Write temperature (0 to 1 here) and top_p; 1 is what both are where nothing is said."""
    free = model.sampling and not effort.thinks
    temperature = sampling.temperature if sampling.temperature != 1 else None
    top_p = sampling.top_p if sampling.top_p != 1 else None
    body: Body = {}
    if temperature is not None:
        if free:
            body["temperature"] = min(temperature, 1.0)
        if not free or temperature > 1:
            dropped.append("temperature")
    if top_p is not None:
        if free and not (model.temperature_or_top_p and "temperature" in body):
            body["top_p"] = top_p
        else:
            dropped.append("top_p")
    return body


def _effort(effort: Effort, answer: Answer) -> Body:
    body: Body = {}
    if effort.thinking is not None:
        body["thinking"] = effort.thinking
    config: Body = {}
    if effort.effort is not None:
        config["effort"] = effort.effort
    if answer.format is not None:
        config["format"] = answer.format
    return {**body, "output_config": config} if config else body


def _leftovers(leftovers: Mapping[str, object], body: Body, dropped: list[str]) -> list[str]:
    """Put Anthropic's own fields into the body and name the others; return the beta flags."""
    betas: list[str] = []
    for name, value in leftovers.items():
        if name in _PASSED_ON:
            body[name] = value
        elif name in _BETAS:
            betas += [value] if isinstance(value, str) else [str(flag) for flag in _list(value)]
        elif not _merged(name, value, body):
            dropped.append(name)
    return betas


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _merged(name: str, value: object, body: Body) -> bool:
    """Merge a field that both protocols have, if its value means something here."""
    if name == "service_tier":
        tier = _TIERS.get(str(value))
        if tier is not None:
            body[name] = tier
        return tier is not None
    if not isinstance(value, dict):
        return False
    if _SERVER_TOOL.fullmatch(f"{name}={value.get('type')}"):
        body["tools"] = [*_list(body.get("tools")), value]
        return True
    if name == "output_config":
        known = body.get(name)
        body[name] = {**known, **value} if isinstance(known, dict) else value
        return True
    if name == "metadata" and isinstance(value.get("user_id"), str):
        body.setdefault(name, {"user_id": value["user_id"]})
        return set(value) == {"user_id"}
    return False
