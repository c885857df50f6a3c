"""Administrative reads: straight to a view or the snapshot, past the domain."""
