"""What a deployment offers and what a request needs, in the same words."""

from dataclasses import dataclass, field
from enum import StrEnum

BYTES_PER_TOKEN = 4
"""What a token of English text has, about."""
OUTPUT_GUESS_TOKENS = 1024
"""Reserved for an answer whose length the caller does not bound."""


class Capability(StrEnum):
    """Something that a model at a provider can do. The values are the words of `turnout.yaml`."""

    CHAT = "chat"
    STREAMING = "streaming"
    TOOLS = "tools"
    PARALLEL_TOOLS = "parallel_tools"
    VISION = "vision"
    AUDIO = "audio"
    JSON_SCHEMA = "json_schema"
    REASONING = "reasoning"
    EMBEDDINGS = "embeddings"
    ASSISTANT_PREFILL = "assistant_prefill"
    PROMPT_CACHE = "prompt_cache"


UNKNOWN_MODEL = frozenset({Capability.CHAT, Capability.STREAMING, Capability.TOOLS})
"""What a model that nobody knows is taken to offer."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one request needs of a deployment.

    `input_tokens` is a low estimate of the prompt's length, so that a target is only
    skipped for its context window when it surely cannot hold the prompt.
    `output_tokens` is what the caller asked for at most, 0 when it did not say. `text_bytes` is how
    long the prompt is, where limits and budgets are to be reserved for it.
    """

    capabilities: frozenset[Capability]
    input_tokens: int = 0
    output_tokens: int = 0
    text_bytes: int = field(default=0, compare=False)

    @property
    def likely_input_tokens(self) -> int:
        """About how long the prompt is, rather too much than too little."""
        return max(self.input_tokens, -(-self.text_bytes // BYTES_PER_TOKEN))

    @property
    def likely_output_tokens(self) -> int:
        """About how long the answer may become."""
        return self.output_tokens or OUTPUT_GUESS_TOKENS
