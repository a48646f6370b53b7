"""What a hypothesis may contain: each constraint sets the logits of forbidden ids to -inf.

The log-probabilities of what remains are not renormalised: a score is the model's own.
"""

from collections.abc import Callable, Sequence
from functools import reduce

import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding.config import DecodingConfig

Constraint = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""(logits [N, V], history [N, t]) to logits [N, V]."""


def constraints_of(config: DecodingConfig) -> Sequence[Constraint]:
    """The constraints that a configuration asks for."""
    chosen: list[Constraint] = [specials(config.minimum_length)]
    if config.no_repeat_ngram:
        chosen.append(no_repeat_ngram(config.no_repeat_ngram))
    return tuple(chosen)


def constrain(
    constraints: Sequence[Constraint], logits: tf.Tensor, history: tf.Tensor
) -> tf.Tensor:
    """Apply every constraint in turn."""
    return reduce(lambda left, constraint: constraint(left, history), constraints, logits)


def specials(minimum_length: int) -> Constraint:
    """PAD and BEGIN never; END not before a hypothesis has ``minimum_length`` ids with it."""

    def forbid(logits, history):
        ids = tf.range(tf.shape(logits)[1])
        too_short = tf.shape(history)[1] + 1 < minimum_length
        forbidden = (ids == PAD) | (ids == BEGIN) | ((ids == END) & too_short)
        return logits + tf.where(forbidden, -float("inf"), 0.0)

    return forbid


def no_repeat_ngram(size: int) -> Constraint:
    """No sequence of ``size`` ids twice in a hypothesis (Paulus et al., 2018, use 3)."""

    def forbid(logits, history):
        # Padding on the left makes every history long enough; it matches no suffix but itself.
        history = tf.pad(history, [[0, 0], [size - 1, 0]], constant_values=PAD)
        windows = tf.shape(history)[1] - size + 1
        repeated = tf.ones([tf.shape(history)[0], windows], tf.bool)
        for offset in range(size - 1):
            suffix = history[:, windows + offset, None]
            repeated &= history[:, offset : windows + offset] == suffix
        next_ids = history[:, size - 1 :]
        row = tf.broadcast_to(tf.range(tf.shape(history)[0])[:, None], tf.shape(next_ids))
        return tf.tensor_scatter_nd_min(
            logits,
            tf.stack([row, next_ids], axis=-1),
            tf.where(repeated, -float("inf"), float("inf")),
        )

    return forbid
