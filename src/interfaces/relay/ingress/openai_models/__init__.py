"""Callers who ask OpenAI's model list what they may use."""
