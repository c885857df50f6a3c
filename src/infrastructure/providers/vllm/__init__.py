"""vLLM, a local server. Docs: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="vllm",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    base_url="http://localhost:8000/v1",
)
