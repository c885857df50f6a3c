import msgspec
import pytest

from turnout.infrastructure.protocols.gemini.logprobs import read_logprobs


def test_the_shape_is_openais() -> None:
    raw = (
        b'{"chosenCandidates": [{"token": "H\xc3\xa4", "logProbability": -0.5, "tokenId": 1},'
        b'{"token": "!"}], "topCandidates": [{"candidates":'
        b'[{"token": "Ho", "logProbability": -1.5}]}]}'
    )
    assert read_logprobs(msgspec.Raw(raw)) == {
        "content": [
            {
                "token": "Hä",
                "logprob": -0.5,
                "bytes": [72, 195, 164],
                "top_logprobs": [{"token": "Ho", "logprob": -1.5, "bytes": [72, 111]}],
            },
            {"token": "!", "logprob": 0.0, "bytes": [33], "top_logprobs": []},
        ],
        "refusal": None,
    }


@pytest.mark.parametrize("raw", [b"", b"null", b"5", b'{"chosenCandidates": 5}'])
def test_what_is_none_of_it_is_none(raw: bytes) -> None:
    assert read_logprobs(msgspec.Raw(raw)) is None
