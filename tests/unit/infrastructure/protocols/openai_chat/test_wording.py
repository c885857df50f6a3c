import pytest

from turnout.domain.inference.failure import FailureKind
from turnout.infrastructure.protocols.openai_chat.wording import kind_of

TOO_LONG = [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.",
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum "
    "context length",
    "the request exceeds the available context size, try increasing it",
    "Context size has been exceeded.",
    "prompt too long; exceeded max context length by 5 tokens",
    "The prompt is too long: 140000, model maximum context length: 131071",
    "Input is too long for requested model.",
    "Range of input length should be [1, 129024]",
    "Input tokens exceed the configured limit of 272000 tokens.",
    "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 and 200",
    "Please reduce the length of the messages or completion.",
    "max_tokens must be at least 1, got -186.",
    "Your input exceeds the context window of this model.",
    "Prompt exceeds max length",
]


@pytest.mark.parametrize("message", TOO_LONG)
def test_a_prompt_that_is_too_long_is_known_by_many_wordings(message: str) -> None:
    assert kind_of(400, (), message) is FailureKind.CONTEXT_TOO_LONG
    assert kind_of(500, (), message) is FailureKind.CONTEXT_TOO_LONG


@pytest.mark.parametrize(
    ("status", "labels", "message", "kind"),
    [
        (429, ("insufficient_quota",), "You exceeded your current quota", "quota_exhausted"),
        (429, ("rate_limit_exceeded", "tokens"), "Rate limit reached", "rate_limited"),
        (429, (), "anything", "rate_limited"),
        (413, ("rate_limit_exceeded",), "Request too large on tokens per minute", "rate_limited"),
        (413, (), "Payload Too Large", "context_too_long"),
        (402, ("invalid_request_error",), "Insufficient Balance", "quota_exhausted"),
        (403, (), "Key limit exceeded (total limit)", "quota_exhausted"),
        (403, ("unsupported_country_region_territory",), "Country not supported", "auth"),
        (403, (), "Input was flagged", "content_refused"),
        (401, ("model_not_found",), "whatever it says", "auth"),
        (400, (), "Incorrect API key provided: k***", "auth"),
        (400, (), "Content Exists Risk", "content_refused"),
        (400, ("data_inspection_failed",), "Output may be inappropriate", "content_refused"),
        (400, (), "Model Not Exist", "model_missing"),
        (404, (), 'model "llama9" not found, try pulling it first', "model_missing"),
        (400, (), "The model `x` has been decommissioned", "model_missing"),
        (404, (), "No endpoints found that support image input", "unsupported"),
        (404, (), "No endpoints found for x/y.", "model_missing"),
        (400, ("unsupported_parameter",), "Unsupported parameter: 'x'", "unsupported"),
        (400, (), "This response_format type is unavailable now", "unsupported"),
        (400, (), "'tools' must be an array", "bad_request"),
        (422, (), "Field required", "bad_request"),
        (408, (), "", "timeout"),
        (504, (), "", "timeout"),
        (409, (), "Conflict", "overloaded"),
        (500, (), "oops", "overloaded"),
        (529, (), "", "overloaded"),
        (None, (), "oops", "overloaded"),
        (None, ("invalid_request_error",), "oops", "bad_request"),
        (301, (), "", "malformed"),
    ],
)
def test_kinds(status: int | None, labels: tuple[str, ...], message: str, kind: str) -> None:
    assert kind_of(status, labels, message) == kind
