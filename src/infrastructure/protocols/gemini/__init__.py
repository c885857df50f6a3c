"""Google's Gemini protocol, as Google AI and Vertex AI speak it."""

from turnout.infrastructure.protocols.codec import Codec
from turnout.infrastructure.protocols.gemini.chat import GeminiChat
from turnout.infrastructure.protocols.gemini.embeddings import GeminiEmbeddings

CODEC = Codec(chat=GeminiChat(), embeddings=GeminiEmbeddings())
