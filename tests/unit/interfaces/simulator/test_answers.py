import json

import pytest

from turnout.interfaces.simulator.answers import Finish, compose
from turnout.interfaces.simulator.profile import Profile
from turnout.interfaces.simulator.prompt import Prompt, Tool, ToolMode, ToolResult
from turnout.interfaces.simulator.tokens import digest

TOOLS = (
    Tool("get_weather", {"properties": {"city": {"type": "string"}}, "required": ["city"]}),
    Tool("get_time", {}),
)
PROFILE = Profile(name="alpha")


def asked(question: str = "hi", **more: object) -> Prompt:
    return Prompt(model="m-1", question=question, **more)  # type: ignore[arg-type]


def test_the_usual_answer_names_simulator_model_and_message() -> None:
    [answer] = compose(asked(), PROFILE)
    assert answer.text == f"alpha (m-1) here: your message has the digest {digest('hi')}."
    assert (answer.finish, answer.tokens) == (Finish.STOP, len(answer.pieces))


def test_attachments_are_acknowledged() -> None:
    [answer] = compose(asked(images=1, sounds=2, documents=1), PROFILE)
    assert answer.text.endswith(" I received 1 image and 2 sounds and 1 document.")


def test_tool_results_are_quoted() -> None:
    results = (ToolResult("get_weather", "18 degrees"), ToolResult("", "noon"))
    [answer] = compose(asked("get_weather", tools=TOOLS, tool_results=results), PROFILE)
    assert answer.calls == ()
    assert "The tool get_weather said: 18 degrees" in answer.text
    assert "The tool that you called said: noon" in answer.text


def test_a_template_is_filled_and_other_braces_stay() -> None:
    profile = Profile(name="alpha", answer='{name}/{model}: {"question": "{question}"} {other}')
    [answer] = compose(asked(), profile)
    assert answer.text == 'alpha/m-1: {"question": "hi"} {other}'


@pytest.mark.parametrize("tokens", [1, 3, 40])
def test_answers_are_cut_or_padded_to_the_tokens_wanted(tokens: int) -> None:
    [answer] = compose(asked(), Profile(answer_tokens=tokens))
    assert answer.tokens == tokens
    assert answer.finish is Finish.STOP


def test_max_tokens_cut_with_reasoning_counted() -> None:
    [answer] = compose(asked(max_tokens=10, reasoning_tokens=8), PROFILE)
    assert (len(answer.reasoning), len(answer.pieces), answer.tokens) == (8, 2, 10)
    assert answer.finish is Finish.LENGTH


def test_the_earliest_stop_sequence_ends_the_answer() -> None:
    [answer] = compose(asked(stop=("message", "here", "")), PROFILE)
    assert answer.text == "alpha (m-1) "
    assert (answer.finish, answer.stop_sequence) == (Finish.STOP_SEQUENCE, "here")


def test_a_begun_answer_is_continued() -> None:
    [answer] = compose(asked(prefill="alpha (m-1) here:"), PROFILE)
    assert answer.text == f" your message has the digest {digest('hi')}."


def test_choices_differ() -> None:
    texts = [answer.text for answer in compose(asked(choices=3), PROFILE)]
    assert len(set(texts)) == 3
    assert texts[2].endswith("This is choice 3.")


def test_a_schema_is_satisfied_and_json_is_json() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    [answer] = compose(asked(json_schema=schema), PROFILE)
    assert type(json.loads(answer.text)["n"]) is int
    [answer] = compose(asked(json_wanted=True), PROFILE)
    assert json.loads(answer.text)["simulator"] == "alpha"


@pytest.mark.parametrize(
    ("question", "more", "called"),
    [
        ("hi", {}, []),
        ("use get_weather", {}, ["get_weather"]),
        ("get_weather and get_weather", {}, ["get_weather", "get_weather"]),
        ("get_time, get_weather", {}, ["get_weather", "get_time"]),
        ("get_time, get_weather", {"parallel_tools": False}, ["get_weather"]),
        ("use get_weather", {"tool_mode": ToolMode.NONE}, []),
        ("hi", {"tool_mode": ToolMode.REQUIRED}, ["get_weather"]),
        ("get_time", {"tool_mode": ToolMode.REQUIRED}, ["get_time"]),
        ("get_weather", {"tool_names": ("get_time",)}, []),
        ("hi", {"tool_mode": ToolMode.REQUIRED, "tool_names": ("get_time",)}, ["get_time"]),
    ],
)
def test_which_tools_are_called(question: str, more: dict[str, object], called: list[str]) -> None:
    [answer] = compose(asked(question, tools=TOOLS, **more), PROFILE)
    assert [call.name for call in answer.calls] == called
    assert (answer.finish is Finish.TOOL_CALLS) == bool(called)
    assert all(json.loads(call.arguments_json) == call.arguments for call in answer.calls)


def test_arguments_satisfy_the_tools_schema() -> None:
    [answer] = compose(asked("get_weather get_weather", tools=TOOLS), PROFILE)
    first, second = answer.calls
    assert first.arguments.keys() == second.arguments.keys() == {"city"}
    assert answer.tokens == first.tokens + second.tokens


def test_a_refusal() -> None:
    [answer] = compose(asked(), PROFILE, refused=True)
    assert (answer.finish, answer.text) == (Finish.REFUSED, "I cannot help with that.")
