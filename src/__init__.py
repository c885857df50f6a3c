"""Turnout: one OpenAI-compatible endpoint in front of many AI providers, with fallback chains."""
