"""Cohere, by its compatibility endpoint. Docs: https://docs.cohere.com/docs/compatibility-api"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="cohere",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.cohere.com/docs/compatibility-api",
    base_url="https://api.cohere.ai/compatibility/v1",
    key_variable="COHERE_API_KEY",
)
