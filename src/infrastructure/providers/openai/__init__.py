"""OpenAI. Docs: https://platform.openai.com/docs/api-reference"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="openai",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://platform.openai.com/docs/api-reference",
    base_url="https://api.openai.com/v1",
    key_variable="OPENAI_API_KEY",
)
