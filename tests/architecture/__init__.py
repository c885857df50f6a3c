"""The architecture as tests: what imports, names, sizes and folders may be."""
