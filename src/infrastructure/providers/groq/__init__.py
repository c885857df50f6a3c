"""Groq. It refuses a few of OpenAI's fields. Docs: https://console.groq.com/docs/openai"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.reshaping import Reshape
from turnout.infrastructure.clients.vendor import Bends, Vendor

VENDOR = Vendor(
    name="groq",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://console.groq.com/docs/openai",
    base_url="https://api.groq.com/openai/v1",
    key_variable="GROQ_API_KEY",
    bends=Bends(
        request=Reshape(
            refused=frozenset({"logit_bias", "logprobs", "store", "top_logprobs"}),
            refused_in_messages=frozenset({"annotations", "audio", "name", "reasoning_content"}),
        )
    ),
)
