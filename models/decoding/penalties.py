"""What a finished hypothesis is ranked by, after Wu et al. (2016), "Google's Neural Machine
Translation System", section 7:

    s(Y, X) = log P(Y | X) / lp(Y) + cp(X; Y)
    lp(Y) = ((5 + |Y|) / 6) ** alpha
    cp(X; Y) = beta * sum_i log(min(sum_j a_ij, 1))

with |Y| the ids of Y, END included, and a_ij the attention of step j on source position i.
"""

import tensorflow as tf

_LEAST_COVERAGE = 1e-10


def length_penalty(length: tf.Tensor, alpha: float) -> tf.Tensor:
    """lp for integer lengths of any shape; 1 when alpha is 0, and growing with length else."""
    return ((5.0 + tf.cast(length, tf.float32)) / 6.0) ** alpha


def coverage_penalty(coverage: tf.Tensor, mask: tf.Tensor, beta: float) -> tf.Tensor:
    """cp, never above 0.

    Args:
        coverage: float32 [..., S], the attention that each source position has received in all.
        mask: boolean, broadcast to coverage; padding has no penalty.

    Returns:
        float32 [...].
    """
    missed = tf.math.log(tf.clip_by_value(coverage, _LEAST_COVERAGE, 1.0))
    return beta * tf.reduce_sum(tf.where(mask, missed, 0.0), axis=-1)
