"""A real model, small enough for any machine; needs the extra `local`."""
