"""Together AI. Docs: https://docs.together.ai/docs/inference/openai-compatibility"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="together",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.together.ai/docs/inference/openai-compatibility",
    base_url="https://api.together.ai/v1",
    key_variable="TOGETHER_API_KEY",
)
