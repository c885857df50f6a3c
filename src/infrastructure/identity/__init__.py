"""Proofs of who somebody is: passwords, and the word of an OpenID provider."""
