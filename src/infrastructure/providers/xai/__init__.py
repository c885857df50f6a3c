"""xAI. Docs: https://docs.x.ai/docs/api-reference"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="xai",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.x.ai/docs/api-reference",
    base_url="https://api.x.ai/v1",
    key_variable="XAI_API_KEY",
)
