"""What Claude models take, told by the generation in their names.

Source: Anthropic's notes on migration, extended and adaptive thinking, effort, structured outputs.
Servers that speak the protocol with other models are taken to know all of its older fields.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d)(?:[-.](\d{1,2})(?!\d))?")
_NEWEST = (99, 0)


@dataclass(frozen=True, slots=True)
class Claude:
    """A generation such as (4, 5); None for a model that is no Claude."""

    generation: tuple[int, int] | None

    @property
    def sampling(self) -> bool:
        """Whether temperature, top_p and top_k may be set."""
        return self.generation is None or self.generation <= (4, 6)

    @property
    def temperature_or_top_p(self) -> bool:
        """Whether only one of the two may be set."""
        return self.generation is not None and self.generation >= (4, 1)

    @property
    def thinking(self) -> bool:
        """Whether the model can think at all."""
        return self.generation is None or self.generation >= (3, 7)

    @property
    def adaptive(self) -> bool:
        """Whether the model decides on its thinking itself, by effort and not by budget."""
        return self.generation is not None and self.generation >= (4, 6)

    @property
    def extra_high(self) -> bool:
        """Whether an adaptive model knows the effort `xhigh`."""
        return self.generation is not None and self.generation >= (4, 7)

    @property
    def structured(self) -> bool:
        """Whether `output_config.format` and strict tools are known."""
        return self.generation is not None and self.generation >= (4, 5)


@lru_cache(maxsize=1024)
def claude(model: str) -> Claude:
    """Read a model's name: `claude-3-5-haiku-20241022`, `us.anthropic.claude-sonnet-4.5-v1:0`."""
    name = model.lower()
    if "claude" not in name:
        return Claude(None)
    found = _VERSION.search(name)
    if found is None:
        return Claude((2, 0) if "instant" in name else _NEWEST)
    return Claude((int(found[1]), int(found[2] or 0)))
