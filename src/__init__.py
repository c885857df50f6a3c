"""Turnout: one OpenAI-compatible endpoint in front of many AI providers, with fallback chains.

The Python API: `AIProviderManager`, `EnhancedAIRuntimeProvider`, `AIProviderMonitor`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from turnout.bootstrap.python_api import AIProviderManager as AIProviderManager
    from turnout.interfaces.python.monitor import AIProviderMonitor as AIProviderMonitor
    from turnout.interfaces.python.runtime_provider import (
        EnhancedAIRuntimeProvider as EnhancedAIRuntimeProvider,
    )

_PUBLIC = {
    "AIProviderManager": "turnout.bootstrap.python_api",
    "AIProviderMonitor": "turnout.interfaces.python.monitor",
    "EnhancedAIRuntimeProvider": "turnout.interfaces.python.runtime_provider",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str) -> object:
    # On demand, so that a process which needs one ring does not import all of them.
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
