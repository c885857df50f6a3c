"""The data plane: callers speak OpenAI's protocols to it, over Granian's RSGI."""
