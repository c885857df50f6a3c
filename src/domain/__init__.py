"""What is true, whatever the technology: pure, synchronous, deterministic."""
