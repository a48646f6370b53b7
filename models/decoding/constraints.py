"""What a hypothesis may contain.

What is forbidden gets a logit or log-probability of -inf; the log-probabilities of the rest are
not renormalised: a score is the model's own.
"""

import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD


def forbidden(ids: tf.Tensor, length: tf.Tensor, minimum_length: int) -> tf.Tensor:
    """Whether ids may not be the last of a hypothesis of ``length`` ids.

    PAD and BEGIN never may; END may not before there are ``minimum_length`` ids with it.

    Args:
        ids: integers of any shape.
        length: a scalar.

    Returns:
        booleans of the ids' shape.
    """
    return (ids == PAD) | (ids == BEGIN) | ((ids == END) & (length < minimum_length))


def without_repeats(logits: tf.Tensor, history: tf.Tensor, size: int) -> tf.Tensor:
    """Logits [N, V] in which no id completes an n-gram of ``size`` ids that the history [N, t] has.

    Paulus, Xiong, Socher (2018), "A Deep Reinforced Model for Abstractive Summarization", use
    size 3. Size 0 allows everything.
    """
    if size == 0:
        return logits
    # Padding on the left makes every history long enough; it matches no suffix but itself.
    history = tf.pad(history, [[0, 0], [size - 1, 0]], constant_values=PAD)
    rows, length = tf.unstack(tf.shape(history))
    windows = length - size + 1
    repeated = tf.ones([rows, windows], tf.bool)
    for offset in range(size - 1):
        suffix = history[:, windows + offset, None]
        repeated &= history[:, offset : windows + offset] == suffix
    next_ids = history[:, size - 1 :]
    row = tf.broadcast_to(tf.range(rows)[:, None], tf.shape(next_ids))
    return tf.tensor_scatter_nd_min(
        logits,
        tf.stack([row, next_ids], axis=-1),
        tf.where(repeated, -float("inf"), float("inf")),
    )
