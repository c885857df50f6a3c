"""LM Studio, a local server. Docs: https://lmstudio.ai/docs/app/api/endpoints/openai"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="lmstudio",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://lmstudio.ai/docs/app/api/endpoints/openai",
    base_url="http://localhost:1234/v1",
)
