"""What is known of well-known models: capabilities by a table, the rest by genai-prices.

Rows are tried in order; the first pattern that fits the upstream's name decides. A vendor's prefix
(`meta-llama/Llama-3.3-70B`) is not looked at. Sources: the vendors' model pages.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache

from turnout.domain.catalog.price import Price
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability

C = Capability
_CHAT = UNKNOWN_MODEL | {C.PARALLEL_TOOLS}
_JSON = _CHAT | {C.JSON_SCHEMA}
_SEES = _JSON | {C.VISION, C.PROMPT_CACHE}
_THINKS = _SEES | {C.REASONING}
_CLAUDE = _CHAT | {C.VISION, C.PROMPT_CACHE, C.ASSISTANT_PREFILL}
_GEMINI = _SEES | {C.AUDIO}
_PREFILLS = _CHAT | {C.ASSISTANT_PREFILL}

_ROWS: tuple[tuple[str, frozenset[Capability]], ...] = (
    ("*embed*", frozenset({C.EMBEDDINGS})),
    ("voyage-*", frozenset({C.EMBEDDINGS})),
    ("bge-*", frozenset({C.EMBEDDINGS})),
    ("gpt-4o*audio*", _CHAT | {C.AUDIO}),
    ("gpt-audio*", _CHAT | {C.AUDIO}),
    ("gpt-4o*", _SEES),
    ("chatgpt-4o*", _SEES),
    ("gpt-4.1*", _SEES),
    ("gpt-4-turbo*", _CHAT | {C.VISION}),
    ("gpt-4-vision*", UNKNOWN_MODEL | {C.VISION}),
    ("gpt-4*", _CHAT),
    ("gpt-3.5*", _CHAT),
    ("gpt-35*", _CHAT),
    ("gpt-oss*", _JSON | {C.REASONING}),
    ("gpt-*", _THINKS),
    ("o1-mini*", frozenset({C.CHAT, C.STREAMING, C.REASONING})),
    ("o1*", _THINKS - {C.PARALLEL_TOOLS}),
    ("o3*", _THINKS),
    ("o4*", _THINKS),
    ("claude-3-7*", _CLAUDE | {C.REASONING}),
    ("claude-3*", _CLAUDE),
    ("claude-2*", frozenset({C.CHAT, C.STREAMING, C.ASSISTANT_PREFILL})),
    ("claude-opus-4-1*", _CLAUDE | {C.REASONING, C.JSON_SCHEMA}),
    ("claude-*-4-5*", _CLAUDE | {C.REASONING, C.JSON_SCHEMA}),
    ("claude-opus-4-[02]*", _CLAUDE | {C.REASONING}),
    ("claude-sonnet-4-[02]*", _CLAUDE | {C.REASONING}),
    ("claude-[a-z]*", _THINKS),
    ("gemini-1*", _GEMINI - {C.PROMPT_CACHE}),
    ("gemini-2.0*", _GEMINI),
    ("gemini-*", _GEMINI | {C.REASONING}),
    ("gemma-*", frozenset({C.CHAT, C.STREAMING, C.VISION})),
    ("magistral*", _PREFILLS | {C.REASONING, C.JSON_SCHEMA}),
    ("pixtral*", _PREFILLS | {C.VISION, C.JSON_SCHEMA}),
    ("voxtral*", _PREFILLS | {C.AUDIO, C.JSON_SCHEMA}),
    ("mistral-medium*", _PREFILLS | {C.VISION, C.JSON_SCHEMA}),
    ("mistral-small*", _PREFILLS | {C.VISION, C.JSON_SCHEMA}),
    ("*stral*", _PREFILLS | {C.JSON_SCHEMA}),
    ("deepseek-reasoner*", _CHAT | {C.REASONING, C.PROMPT_CACHE}),
    ("deepseek-r1*", UNKNOWN_MODEL | {C.REASONING}),
    ("deepseek-*", _CHAT | {C.PROMPT_CACHE}),
    ("grok-2-vision*", _JSON | {C.VISION}),
    ("grok-[23]*", _JSON),
    ("grok-*", _THINKS),
    ("llama-4*", _JSON | {C.VISION}),
    ("*llama*vision*", UNKNOWN_MODEL | {C.VISION}),
    ("llama-3*", _CHAT),
    ("llama3*", UNKNOWN_MODEL),
    ("qwen*vl*", _CHAT | {C.VISION}),
    ("qwen3*", _JSON | {C.REASONING}),
    ("qwq*", UNKNOWN_MODEL | {C.REASONING}),
    ("command-a*", _JSON),
    ("command-r*", _CHAT),
    ("sonar*reasoning*", frozenset({C.CHAT, C.STREAMING, C.REASONING, C.JSON_SCHEMA, C.VISION})),
    ("sonar*", frozenset({C.CHAT, C.STREAMING, C.JSON_SCHEMA, C.VISION})),
    ("kimi-k2-thinking*", _JSON | {C.REASONING}),
    ("kimi*", _JSON),
    ("glm-*v*", _CHAT | {C.VISION, C.REASONING}),
    ("glm-*", _CHAT | {C.REASONING}),
    ("sim-*", _GEMINI | {C.REASONING, C.ASSISTANT_PREFILL, C.EMBEDDINGS}),
)

_PRICE_BOOKS = {
    "anthropic": "anthropic",
    "azure_openai": "azure",
    "cerebras": "cerebras",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "google": "google",
    "groq": "groq",
    "mistral": "mistral",
    "openai": "openai",
    "openrouter": "openrouter",
    "perplexity": "perplexity",
    "together": "together",
    "vertex": "google",
    "xai": "x-ai",
}
"""Our vendors' names to genai-prices' provider ids."""


def known_capabilities(upstream: str) -> frozenset[Capability]:
    """Return what the model is known to offer, or what an unknown one is taken to offer."""
    name = upstream.rsplit("/", 1)[-1].lower()
    return next((offer for pattern, offer in _ROWS if fnmatchcase(name, pattern)), UNKNOWN_MODEL)


def known_window_and_price(
    vendor: str, upstream: str, today: date
) -> tuple[int | None, Price | None]:
    """Return the model's context window in tokens and its price today; None for what is unknown.

    Of a price that grows with the prompt's length, the one for short prompts is taken.
    """
    book = _PRICE_BOOKS.get(vendor)
    return _looked_up(book, upstream, today) if book else (None, None)


@cache
def _looked_up(book: str, upstream: str, today: date) -> tuple[int | None, Price | None]:
    # Half a second to import: only where a file is read, never in a worker.
    from genai_prices.data_snapshot import get_snapshot

    try:
        _, model = get_snapshot().find_provider_model(upstream, None, book, None)
    except LookupError:
        return None, None
    prices = model.get_prices(datetime.combine(today, time(tzinfo=UTC)))
    plain = {name: _plain(getattr(prices, f"{name}_mtok", None)) for name in _PRICED}
    if plain["input"] is None or plain["output"] is None:
        return model.context_window, None
    price = Price(plain["input"], plain["output"], plain["cache_read"], plain["cache_write"])
    return model.context_window, price


_PRICED = ("input", "output", "cache_read", "cache_write")


def _plain(price: object) -> Decimal | None:
    value = getattr(price, "base", price)
    return value if isinstance(value, Decimal) else None
