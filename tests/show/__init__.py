"""The explorers: what they compute, held against the library's own numbers."""
