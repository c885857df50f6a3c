"""Callers who speak OpenAI's embeddings."""
