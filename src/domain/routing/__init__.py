"""Where a call should go, and in what order."""
