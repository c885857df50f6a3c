"""Perplexity. Docs: https://docs.perplexity.ai"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="perplexity",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.perplexity.ai",
    base_url="https://api.perplexity.ai",
    key_variable="PERPLEXITY_API_KEY",
)
