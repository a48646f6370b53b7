"""Cleaning rules: small pure functions that repair a text or say why a pair is dropped."""
