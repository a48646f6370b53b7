"""Cleaning in Beam: shards are surveyed, duplicates found among their keys, shards written."""
