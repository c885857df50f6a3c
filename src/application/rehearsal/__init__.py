"""A day's traffic in virtual time, steered by the relay's own routing, retries and circuits."""
