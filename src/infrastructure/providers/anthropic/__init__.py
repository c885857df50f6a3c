"""Anthropic. Docs: https://docs.claude.com/en/api/messages"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Authentication, Vendor

VENDOR = Vendor(
    name="anthropic",
    protocol=WireProtocol.ANTHROPIC_MESSAGES,
    docs="https://docs.claude.com/en/api/messages",
    base_url="https://api.anthropic.com",
    key_variable="ANTHROPIC_API_KEY",
    authentication=Authentication("x-api-key", ""),
    headers=(("anthropic-version", "2023-06-01"),),
)
