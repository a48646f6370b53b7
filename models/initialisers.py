"""Initialisers by the names that the YAML uses."""

from collections.abc import Callable

import keras

from foundation.errors import UserError

_INITIALISERS: dict[str, Callable[[], keras.initializers.Initializer]] = {
    # Glorot and Bengio 2010: U(-a, a) with a = sqrt(6 / (fan_in + fan_out)).
    "glorot": keras.initializers.GlorotUniform,
    # He et al. 2015: N(0, 2 / fan_in), truncated at two standard deviations.
    "he": keras.initializers.HeNormal,
    # Saxe et al. 2014: a random rotation, whose singular values are all 1.
    "orthogonal": keras.initializers.Orthogonal,
    # Sutskever et al. 2014: U(-0.08, 0.08).
    "uniform": lambda: keras.initializers.RandomUniform(-0.08, 0.08),
}

NAMES = tuple(sorted(_INITIALISERS))


def initialiser(name: str) -> keras.initializers.Initializer:
    """A new initialiser with a seed of its own, drawn from Keras's global seed.

    Make one for every tensor: a Keras initialiser returns the same values at each call.

    Raises:
        UserError: when there is no initialiser called ``name``.
    """
    if name not in _INITIALISERS:
        raise UserError(f"Unknown initialiser '{name}': there are {', '.join(NAMES)}.")
    return _INITIALISERS[name]()
