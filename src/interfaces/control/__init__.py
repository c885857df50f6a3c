"""The control plane: commands and queries over HTTP, for operators and their programs."""
