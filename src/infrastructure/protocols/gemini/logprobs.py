"""Gemini's log probabilities in OpenAI's shape.

Source: Gemini API, `LogprobsResult`; OpenAI, chat completions, `choices[].logprobs`.
"""

import msgspec


class _Token(msgspec.Struct):
    token: str = ""
    logProbability: float = 0.0


class _Top(msgspec.Struct):
    candidates: list[_Token] = []


class _Result(msgspec.Struct):
    chosenCandidates: list[_Token] = []
    topCandidates: list[_Top] = []


_DECODE = msgspec.json.Decoder(_Result).decode


def read_logprobs(raw: msgspec.Raw) -> object:
    """Read a `logprobsResult` object; None for nothing, or what is no such object."""
    try:
        result = _DECODE(raw)
    except msgspec.DecodeError:
        return None
    tops = result.topCandidates
    content = [
        {
            **_token(chosen),
            "top_logprobs": [_token(each) for each in tops[i].candidates] if i < len(tops) else [],
        }
        for i, chosen in enumerate(result.chosenCandidates)
    ]
    return {"content": content, "refusal": None}


def _token(token: _Token) -> dict[str, object]:
    return {
        "token": token.token,
        "logprob": token.logProbability,
        "bytes": list(token.token.encode()),
    }
