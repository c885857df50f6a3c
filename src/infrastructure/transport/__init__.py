"""How bytes reach a provider and come back: HTTP engines, server-sent events, Retry-After, JSON."""
