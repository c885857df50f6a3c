"""One battery per port, run on every implementation, fakes included."""
