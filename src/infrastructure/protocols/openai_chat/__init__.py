"""OpenAI's chat completions and embeddings, and the many servers that speak them."""

from turnout.infrastructure.protocols.codec import Codec
from turnout.infrastructure.protocols.openai_chat.chat import OpenAiChat
from turnout.infrastructure.protocols.openai_chat.embeddings import OpenAiEmbeddings

CODEC = Codec(chat=OpenAiChat(), embeddings=OpenAiEmbeddings())
