"""Cerebras Inference. It refuses a few of OpenAI's fields.

Docs: https://inference-docs.cerebras.ai/resources/openai
"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.reshaping import Reshape
from turnout.infrastructure.clients.vendor import Bends, Vendor

VENDOR = Vendor(
    name="cerebras",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://inference-docs.cerebras.ai/resources/openai",
    base_url="https://api.cerebras.ai/v1",
    key_variable="CEREBRAS_API_KEY",
    bends=Bends(
        request=Reshape(
            refused=frozenset({"frequency_penalty", "logit_bias", "presence_penalty"}),
            refused_in_messages=frozenset({"reasoning_content"}),
        )
    ),
)
