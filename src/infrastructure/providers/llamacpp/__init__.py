"""llama.cpp's llama-server, a local server. Docs: https://github.com/ggml-org/llama.cpp/tree/master/tools/server"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="llamacpp",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
    base_url="http://localhost:8080/v1",
)
