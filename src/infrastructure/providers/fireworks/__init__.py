"""Fireworks AI. Docs: https://docs.fireworks.ai/tools-sdks/openai-compatibility"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="fireworks",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://docs.fireworks.ai/tools-sdks/openai-compatibility",
    base_url="https://api.fireworks.ai/inference/v1",
    key_variable="FIREWORKS_API_KEY",
)
