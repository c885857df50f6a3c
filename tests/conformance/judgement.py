"""How each recorded error should reach the caller, judged by reading it.

An HTTP status means what STATUSES says unless a recording is listed under another code: its words
say more than its status does. A code stands for the exception of the official client.
"""

import math
import re

from tests.conformance.answer import Failed
from tests.support.recordings import Recording

_RETRY_DELAY = re.compile(rb'"retryDelay": *"([0-9.]+)s"')
_EXCEPTIONS = {
    None: "BadRequestError",
    "unsupported": "BadRequestError",
    "context_length_exceeded": "BadRequestError",
    "content_filter": "BadRequestError",
    "rate_limit_exceeded": "RateLimitError",
    "insufficient_quota": "RateLimitError",
    "provider_auth": "InternalServerError",
    "provider_model_missing": "InternalServerError",
    "overloaded": "InternalServerError",
    "timeout": "InternalServerError",
    "malformed": "InternalServerError",
    "stream_broken": "APIError",
}
_STATUSES = {
    400: None, 422: None, 401: "provider_auth", 403: "provider_auth",
    404: "provider_model_missing", 402: "insufficient_quota", 429: "rate_limit_exceeded",
    500: "overloaded", 502: "overloaded", 503: "overloaded", 520: "overloaded",
    529: "overloaded", 504: "timeout",
}  # fmt: skip

_JUDGED: dict[str, str] = {
    "context_length_exceeded": """
        ant_0c385f5d93a7ba oll_b17a67f6ff5829 ope_07075e23e62ac3 ver_cb652a50fe65fb
        lla_04cfdbcc03a7c7 doc_087 doc_089""",
    # The model, or this server, cannot do what was asked; another target may.
    "unsupported": """
        ali_57b0d66990ad20 bas_f684c40091d7d9 bed_dc4984edae82dc dee_7229fc646a08ce
        gem_66ba307f0d2c72 gem_3f1348dbf2f190 gro_7d925129aa036b gro_c9f34a1e463784
        gro_ccf6b8d114c4ab hug_89e5e653d7377c hug_b5cd9bc5916934 hug_ca34c0b15f5a60
        lla_e4bde961bcfd5d lla_ebfd94d1c50d4e mis_d95ccf0412ebc2 ope_1f8c7027698a38
        ope_b386eb33ed2813 ope_b6e706bd14d99b ope_d8e111cb877cb0 xia_d91c50cd2e849d
        ver_897e9d41dd0f98""",
    "provider_model_missing": """
        dee_c213b06e6eaf5e dee_c625a6208bf8c7 mis_d0159860e7c054 ope_0ca478f1df5593
        per_530433b19da013 voy_e6d512a54fbd1a""",
    "content_filter": "doc_028 doc_042 doc_072 ver_f8459cbf5b3615",
    # Groq's 413 is about tokens per minute.
    "rate_limit_exceeded": "doc_049",
    "insufficient_quota": "doc_016",
    # Refused or broken off before anything was said, some of them inside a 200.
    "overloaded": "doc_011 doc_051",
    "malformed": "doc_044 hug_3272d3350a48de",
    # After the first words.
    "stream_broken": "doc_009 doc_012 doc_023 doc_040 doc_078 doc_084 ope_3a4761571beaa1",
}
_CODES: dict[str, str | None] = {
    id: code for code, ids in _JUDGED.items() for id in ids.split()
} | {"ali_939f31ade80155": None}  # a bad request, told inside a 200


def expected_failure(recording: Recording) -> Failed | None:
    """The failure that a recording tells of; None for an answer."""
    if recording.id in _CODES:
        code = _CODES[recording.id]
    elif recording.status != 200:
        code = _STATUSES[recording.status]
    else:
        return None
    told = code in ("rate_limit_exceeded", "insufficient_quota", "overloaded")
    return Failed(_EXCEPTIONS[code], code, _wait(recording) if told else None)


def _wait(recording: Recording) -> str | None:
    """The whole seconds after which to ask again, from the headers or from Google's details."""
    found = _RETRY_DELAY.search(recording.body)
    if found is not None:
        return str(math.ceil(float(found[1])))
    return recording.headers.get("retry-after")
