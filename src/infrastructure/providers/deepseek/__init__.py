"""DeepSeek. It knows neither the developer role nor OpenAI's newer name for the length limit.

Docs: https://api-docs.deepseek.com/api/create-chat-completion
"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.reshaping import Reshape
from turnout.infrastructure.clients.vendor import Bends, Vendor

VENDOR = Vendor(
    name="deepseek",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://api-docs.deepseek.com/api/create-chat-completion",
    base_url="https://api.deepseek.com",
    key_variable="DEEPSEEK_API_KEY",
    bends=Bends(
        request=Reshape(
            renamed={"max_completion_tokens": "max_tokens"},
            developer_as_system=True,
        )
    ),
)
