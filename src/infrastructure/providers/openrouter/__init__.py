"""OpenRouter, a market of many providers. Docs: https://openrouter.ai/docs/api-reference/overview"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="openrouter",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://openrouter.ai/docs/api-reference/overview",
    base_url="https://openrouter.ai/api/v1",
    key_variable="OPENROUTER_API_KEY",
)
