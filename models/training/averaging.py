"""Means of weights: over the updates, or over checkpoints."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tensorflow as tf

from models.training.checkpoints import Checkpoint


class MovingAverage:
    """An exponential moving average of variables (Polyak and Juditsky 1992).

    Young averages forget faster: the decay at update i is at most (1 + i) / (10 + i), so that the
    first weights do not linger.

    Args:
        variables: what is averaged; Keras variables
        decay: of the average at every update

    Attributes:
        averages: one for each variable, for a checkpoint
    """

    def __init__(self, variables: Sequence, decay: float):
        self._variables = list(variables)
        self._decay = decay
        self.averages = [tf.Variable(v.numpy(), trainable=False) for v in self._variables]

    def restart(self) -> None:
        """Let the averages be the weights as they are now."""
        for average, variable in zip(self.averages, self._variables, strict=True):
            average.assign(variable.numpy())

    def add(self, step: int) -> None:
        """Take the weights after an update in."""
        rest = 1 - min(self._decay, (1 + step) / (10 + step))
        for average, variable in zip(self.averages, self._variables, strict=True):
            average.assign_add(rest * (tf.cast(variable.value, average.dtype) - average))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The variables hold their averages while the block runs."""
        before = [variable.numpy() for variable in self._variables]
        for average, variable in zip(self.averages, self._variables, strict=True):
            variable.assign(average)
        try:
            yield
        finally:
            for value, variable in zip(before, self._variables, strict=True):
                variable.assign(value)


def mean(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """A checkpoint whose numbers are the means of those of ``checkpoints``.

    What is no floating number, such as the state of a random generator, is the first one's.
    """
    first = checkpoints[0]
    arrays = dict(first.arrays)
    for name, array in arrays.items():
        if np.issubdtype(array.dtype, np.floating):
            values = [checkpoint.arrays[name] for checkpoint in checkpoints]
            arrays[name] = np.mean(values, axis=0, dtype=np.float64).astype(array.dtype)
    return Checkpoint(Path("the mean of checkpoints"), arrays, first.progress)
