"""What Gemini models take, told by the generation in their names.

Source: Gemini API, "Thinking" and "OpenAI compatibility" (efforts and budgets); Gemini 3 guide.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_VERSION = re.compile(r"gemini-(\d+)(?:\.(\d+))?")
_NEWEST = (99, 0)

_BUDGETS = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 24576}
_LEVELS = {
    "none": "MINIMAL",
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "HIGH",
}
_MIN_PRO_BUDGET = 128


@dataclass(frozen=True, slots=True)
class Generation:
    """A version such as (2, 5), None for a model that is no Gemini; `pro` ones always think."""

    version: tuple[int, int] | None
    pro: bool

    @property
    def thinks(self) -> bool:
        """Whether the model can think."""
        return self.version is not None and self.version >= (2, 5)

    @property
    def signs(self) -> bool:
        """Whether tool calls have to bear signatures, and results may bear pictures."""
        return self.version is not None and self.version >= (3, 0)

    @property
    def by_level(self) -> bool:
        """Whether thinking is set by level; models of unknown version take a budget."""
        return self.signs and self.version != _NEWEST

    @property
    def may_rest(self) -> bool:
        """Whether thinking can be turned off altogether."""
        return not self.pro and not self.by_level

    def by_effort(self, effort: str) -> dict[str, object] | None:
        """Return the `thinkingConfig` for a word, None where there is none."""
        if self.by_level:
            level = _LEVELS.get(effort)
            return None if level is None else {"thinkingLevel": self._known(level)}
        budget = _BUDGETS.get(effort)
        if budget == 0 and self.pro:
            budget = _MIN_PRO_BUDGET
        return None if budget is None else {"thinkingBudget": budget}

    def _known(self, level: str) -> str:
        return "LOW" if level == "MINIMAL" and self.pro else level


@lru_cache(maxsize=1024)
def generation(model: str) -> Generation:
    """Read a model's name: `gemini-2.5-flash-lite`, `models/gemini-pro-latest`."""
    name = model.lower()
    found = _VERSION.search(name)
    version = (int(found[1]), int(found[2] or 0)) if found else None
    if version is None and "gemini" in name:
        version = _NEWEST
    return Generation(version, pro="-pro" in name)
