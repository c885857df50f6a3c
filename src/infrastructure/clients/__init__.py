"""The generic clients: a protocol's codec, a vendor's facts and an HTTP engine, put together."""
