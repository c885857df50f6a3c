import pytest

from turnout.infrastructure.protocols.openai_chat.error_body import (
    ErrorBody,
    looks_like_error,
    read_error,
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            b'{"error":{"message":"No.","type":"T_error","code":"c","param":null}}',
            ErrorBody("No.", ("c", "t_error")),
            id="openai",
        ),
        pytest.param(
            b'{"code":"Some words","error":"No."}', ErrorBody("No.", ("some words",)), id="xai"
        ),
        pytest.param(
            b'{"object":"error","message":"No.","type":"rate_limited","code":"1300",'
            b'"raw_status_code":429}',
            ErrorBody("No.", ("rate_limited",), 429),
            id="mistral",
        ),
        pytest.param(
            b'{"error":{"code":"content_filter","message":"No.",'
            b'"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
            ErrorBody("No.", ("content_filter", "responsibleaipolicyviolation")),
            id="azure",
        ),
        pytest.param(
            b'{"error":{"code":429,"message":"Provider returned error",'
            b'"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"Wait.\\",\\"code\\":\\"x\\"}}"}}}',
            ErrorBody("Provider returned error: Wait.", ("x",), 429),
            id="openrouter, JSON inside",
        ),
        pytest.param(
            b'{"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"Busy"}}}',
            ErrorBody("Provider returned error: Busy", (), 429),
            id="openrouter, words inside",
        ),
        pytest.param(
            b'{"error":{"message":"{\\"error\\":{\\"message\\":\\"Inner.\\",\\"code\\":\\"v\\"}}"}}',
            ErrorBody("Inner.", ("v",)),
            id="JSON inside a message",
        ),
        pytest.param(
            b'[{"error":{"code":400,"message":"No.","status":"INVALID_ARGUMENT"}}]',
            ErrorBody("No.", ("invalid_argument",), 400),
            id="google",
        ),
        pytest.param(b'{"detail":"Unauthorized"}', ErrorBody("Unauthorized"), id="fastapi"),
        pytest.param(
            b'{"detail":[{"type":"enum","loc":["body","tools",0],"msg":"Bad","input":"secret"}]}',
            ErrorBody("body.tools.0: Bad"),
            id="fastapi validation",
        ),
        pytest.param(
            b'{"message":{"detail":[{"loc":["body","seed"],"msg":"Extra"}]},"type":"t"}',
            ErrorBody("body.seed: Extra", ("t",)),
            id="mistral validation",
        ),
        pytest.param(
            b'{"error":{"code":"400","message":"Param Incorrect","param":"bad video format"}}',
            ErrorBody("Param Incorrect: bad video format", (), 400),
            id="xiaomi",
        ),
        pytest.param(b'"just text"', ErrorBody("just text"), id="a JSON string"),
        pytest.param(b"<html></html>", ErrorBody(""), id="no JSON"),
        pytest.param(b"[" * 100_000, ErrorBody(""), id="too deep"),
        pytest.param(b"", ErrorBody(""), id="nothing"),
        pytest.param(b"{}", ErrorBody(""), id="an empty object"),
        pytest.param(b"[]", ErrorBody(""), id="an empty list"),
        pytest.param(b"17", ErrorBody(""), id="a number"),
    ],
)
def test_dialects(body: bytes, expected: ErrorBody) -> None:
    assert read_error(body) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"error": {"message": "No."}}, True),
        ({"error": "No.", "choices": []}, True),
        ({"object": "error", "message": "No."}, True),
        ({"message": "No.", "code": 400}, True),
        ({"choices": [], "message": "fine", "code": 0}, False),
        ({"error": None, "choices": []}, False),
        ({"id": "x"}, False),
        ([], False),
    ],
)
def test_an_error_in_a_success_is_told_apart(content: object, expected: bool) -> None:
    assert looks_like_error(content) is expected
