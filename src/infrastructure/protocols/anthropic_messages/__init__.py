"""Anthropic's Messages API, and the servers that speak it."""

from turnout.infrastructure.protocols.anthropic_messages.chat import AnthropicMessages
from turnout.infrastructure.protocols.codec import Codec

CODEC = Codec(chat=AnthropicMessages())
