"""Mistral AI: refuses every field that it does not know, and thinks in content parts.

Docs: https://docs.mistral.ai/api
"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Bends, Vendor
from turnout.infrastructure.providers.mistral.bends import (
    REQUEST,
    plain_content,
    plain_content_in_block,
)

VENDOR = Vendor(
    name="mistral",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.mistral.ai/api",
    base_url="https://api.mistral.ai/v1",
    key_variable="MISTRAL_API_KEY",
    bends=Bends(request=REQUEST, reply=plain_content, block=plain_content_in_block),
)
