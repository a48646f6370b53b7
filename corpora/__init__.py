"""Parallel text: the sample grammar, fetching, reading and cleaning."""
