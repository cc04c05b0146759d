"""The only rooms where a key and an identifier meet: the key ring, tokens, linkage."""
