"""Objectives: what the gradient is taken of."""
