"""Log-probabilities of given translations, by teacher forcing."""

import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.decoding import rows


def rescore(translator, source_ids: tf.Tensor, target_ids: tf.Tensor) -> tf.Tensor:
    """The scores that a search gives, computed without searching.

    Args:
        translator: as for a search, with ``decode`` for a teacher-forced stretch.
        source_ids: [B, S].
        target_ids: [B, N, T], N translations of each source, right padded, END included unless
            they are cut off.

    Returns:
        float32 [B, N]: the sum of the ids' log-probabilities; 0 for an empty row.
    """
    sentences, count, length = tf.unstack(tf.shape(target_ids))
    targets = tf.reshape(target_ids, [sentences * count, length])
    inputs = tf.concat([tf.fill([sentences * count, 1], tf.cast(BEGIN, targets.dtype)), targets], 1)
    memory = rows.repeat(translator.encode(source_ids), count)
    logits, _, _ = translator.decode(inputs[:, :-1], translator.start(memory), memory)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, tf.cast(logits, tf.float32))
    losses = tf.where(targets != PAD, losses, 0.0)
    return tf.reshape(-tf.reduce_sum(losses, axis=1), [sentences, count])
