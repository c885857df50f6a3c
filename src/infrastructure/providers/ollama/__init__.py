"""Ollama, a local server. Docs: https://docs.ollama.com/api/openai-compatibility"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="ollama",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.ollama.com/api/openai-compatibility",
    base_url="http://localhost:11434/v1",
)
