"""From a canonical conversation to the body of generateContent.

Source: Gemini API v1beta and Vertex AI v1, GenerateContentRequest (proto3 JSON in camel case).
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.conversation import (
    Conversation,
    OutputFormat,
    OutputKind,
    Sampling,
    ToolMode,
    ToolSpec,
)
from turnout.infrastructure.protocols.asked_thinking import (
    AskedThinking,
    asked_thinking,
    other_leftovers,
)
from turnout.infrastructure.protocols.codec import WireRequest
from turnout.infrastructure.protocols.gemini.contents import encode_contents, encode_system
from turnout.infrastructure.protocols.gemini.generation import Generation, generation
from turnout.infrastructure.protocols.gemini.parts import NAME, Wire
from turnout.infrastructure.protocols.turns import foreign_fields, lay_out

_PASSED_ON = frozenset(
    {
        "cachedContent", "safetySettings", "labels", "modelArmorConfig", "generationConfig",
        "thinkingConfig",
    }
)  # fmt: skip
"""Fields of Gemini's own that a caller may send along, in either spelling."""
_SNAKE = re.compile(r"_([a-z])")
_MODES = {ToolMode.AUTO: "AUTO", ToolMode.NONE: "NONE", ToolMode.REQUIRED: "ANY"}
_SEEDS = range(-(2**31), 2**31)


def encode_request(
    conversation: Conversation, deployment: Deployment, *, stream: bool
) -> WireRequest:
    """Write the whole call. Raises ProviderFailure UNSUPPORTED, InvalidRequest."""
    dialogue, model = lay_out(conversation.messages, NAME), generation(deployment.upstream)
    dropped = list(dialogue.dropped)
    body: Wire = {}
    system = encode_system(dialogue.system)
    if system is not None:
        body["systemInstruction"] = system
    body["contents"] = encode_contents(dialogue.turns, model, dropped)
    if conversation.tools:
        tools = [_declaration(i, tool, dropped) for i, tool in enumerate(conversation.tools)]
        body["tools"] = [{"functionDeclarations": tools}]
    body |= _tool_config(conversation, dropped)
    config = _config(conversation.sampling, stream=stream, dropped=dropped)
    config |= _output(conversation.output, dropped)
    asked = asked_thinking(conversation)
    config |= _thinking(asked, model, dropped)
    if conversation.user:
        dropped.append("user")
    _leftovers(other_leftovers(conversation, asked), body, config, dropped)
    if config:
        body["generationConfig"] = config
    return WireRequest(msgspec.json.encode(body), dropped=tuple(dict.fromkeys(dropped)))


def _declaration(index: int, tool: ToolSpec, dropped: list[str]) -> Wire:
    dropped.extend(foreign_fields(tool.extras, f"tools[{index}]", NAME))
    wire: Wire = {**tool.extras.get(NAME, {}), "name": tool.name}
    if tool.description:
        wire["description"] = tool.description
    if tool.parameters:
        wire["parametersJsonSchema"] = tool.parameters
    return wire


def _tool_config(conversation: Conversation, dropped: list[str]) -> Wire:
    """Write the choice of tools; tools that are all strict have their calls validated."""
    tools, choice = conversation.tools, conversation.tool_choice
    if not tools:
        return {}
    if conversation.parallel_tools is False:
        dropped.append("parallel_tool_calls")
    mode = choice.mode if choice is not None else ToolMode.AUTO
    config: Wire = {}
    if choice is not None and mode is ToolMode.NAMED:
        config = {"mode": "ANY", "allowedFunctionNames": [choice.name]}
    elif mode is ToolMode.AUTO and all(tool.strict for tool in tools):
        config = {"mode": "VALIDATED"}
    elif choice is not None:
        config = {"mode": _MODES[mode]}
    if config.get("mode") not in ("ANY", "VALIDATED"):
        _name_strict(tools, dropped)
    return {"toolConfig": {"functionCallingConfig": config}} if config else {}


def _name_strict(tools: Sequence[ToolSpec], dropped: list[str]) -> None:
    dropped.extend(f"tools[{i}].function.strict" for i, tool in enumerate(tools) if tool.strict)


def _config(sampling: Sampling, *, stream: bool, dropped: list[str]) -> Wire:
    config: Wire = {
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "topK": sampling.top_k,
        "maxOutputTokens": sampling.max_output_tokens,
        "stopSequences": list(sampling.stop) or None,
        "seed": sampling.seed,
        "presencePenalty": sampling.presence_penalty,
        "frequencyPenalty": sampling.frequency_penalty,
        "candidateCount": sampling.choices if sampling.choices != 1 else None,
    }
    if sampling.seed is not None and sampling.seed not in _SEEDS:
        config["seed"] = None
        dropped.append("seed")
    if sampling.logit_bias:
        dropped.append("logit_bias")
    if sampling.logprobs and stream:  # refused by the API
        dropped.extend(["logprobs", "top_logprobs"] if sampling.top_logprobs else ["logprobs"])
    elif sampling.logprobs:
        config |= {"responseLogprobs": True, "logprobs": sampling.top_logprobs or None}
    return {name: value for name, value in config.items() if value is not None}


def _output(output: OutputFormat | None, dropped: list[str]) -> Wire:
    if output is None or output.kind is OutputKind.TEXT:
        return {}
    config: Wire = {"responseMimeType": "application/json"}
    if output.kind is OutputKind.JSON_SCHEMA and output.schema is not None:
        schema = dict(output.schema)
        if output.description and "description" not in schema and "$ref" not in schema:
            schema["description"] = output.description
        config["responseJsonSchema"] = schema
    return config


def _thinking(asked: AskedThinking | None, model: Generation, dropped: list[str]) -> Wire:
    if asked is None:
        return {}
    effort, budget = asked.thinking.effort, asked.thinking.budget_tokens
    quiet = effort == "none"
    if quiet and not model.thinks:
        return {}
    chosen: Wire | None = None
    if model.thinks and budget is not None and not quiet:
        chosen = {"thinkingBudget": budget}
    elif model.thinks and effort is not None:
        chosen = model.by_effort(effort)
    if chosen is None or (quiet and not model.may_rest):
        dropped.append(asked.field)
    return {"thinkingConfig": {**chosen, "includeThoughts": not quiet}} if chosen else {}


def _leftovers(
    leftovers: Mapping[str, object], body: Wire, config: Wire, dropped: list[str]
) -> None:
    """Put Gemini's own fields where they belong and name the others."""
    for name, value in leftovers.items():
        spelt = _camel(name)
        if name == "extra_body" and isinstance(value, dict) and set(value) == {"google"}:
            # How Google's own OpenAI dialect is told of such fields.
            _leftovers(value["google"], body, config, dropped)
        elif spelt not in _PASSED_ON:
            dropped.append(name)
        elif spelt == "thinkingConfig":
            config[spelt] = value
        elif spelt == "generationConfig" and isinstance(value, dict):
            config.update({_camel(inner): each for inner, each in value.items()})
        else:
            body[spelt] = value


def _camel(name: str) -> str:
    return _SNAKE.sub(lambda found: found[1].upper(), name)
