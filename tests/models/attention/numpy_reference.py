"""Attention in plain NumPy, one query and one position at a time."""

import numpy as np


def softmax_over_real(energies: np.ndarray, mask: np.ndarray) -> np.ndarray:
    weights = np.zeros_like(energies)
    real = np.exp(energies[mask] - energies[mask].max(initial=-np.inf)) if mask.any() else 0.0
    weights[mask] = real / np.sum(real) if mask.any() else 0.0
    return weights


def attention(energy, queries, values, mask):
    """Contexts and weights, where ``energy(query, value)`` is a number."""
    contexts = np.zeros((*queries.shape[:2], values.shape[-1]))
    weights = np.zeros((*queries.shape[:2], values.shape[1]))
    for row, time in np.ndindex(*queries.shape[:2]):
        energies = np.array([energy(queries[row, time], value) for value in values[row]])
        weights[row, time] = softmax_over_real(energies, mask[row])
        contexts[row, time] = sum(
            weight * value for weight, value in zip(weights[row, time], values[row], strict=True)
        )
    return contexts, weights
