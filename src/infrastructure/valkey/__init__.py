"""What replicas share through a Valkey or Redis server."""
