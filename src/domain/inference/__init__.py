"""The canonical language of a call, owned by us and shaped like nobody's wire."""
