"""Alibaba Cloud Model Studio: Qwen, by its compatibility endpoint for all countries but China.

Docs: https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope
"""

from turnout.domain.inference.request import WireProtocol
from turnout.infrastructure.clients.vendor import Vendor

VENDOR = Vendor(
    name="alibaba",
    protocol=WireProtocol.OPENAI_CHAT,
    docs="https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope",
    base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    key_variable="DASHSCOPE_API_KEY",
)
