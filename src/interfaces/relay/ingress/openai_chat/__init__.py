"""Callers who speak OpenAI's chat completions."""
