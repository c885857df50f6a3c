from turnout.interfaces.simulator.prompt import Prompt, ToolMode


def test_a_prompt_asks_for_plain_text_unless_told_otherwise() -> None:
    prompt = Prompt(model="m", question="hi")
    assert (prompt.choices, prompt.tool_mode, prompt.parallel_tools) == (1, ToolMode.AUTO, True)
    assert (prompt.json_schema, prompt.logprobs, prompt.max_tokens) == (None, None, None)
