"""From ids to vectors, and from vectors to logits."""

import keras
import tensorflow as tf

from models.initialisers import initialiser


class Embedding(keras.layers.Layer):
    """Rows of a table, [V, E], looked up by id.

    The rows are gathered from the variable itself, so that the table's gradient is IndexedSlices of
    the rows in use. It is cast to the compute type after the look-up for the same reason.

    Args:
        vocabulary: V.
        size: E.
        initialiser_name: a name of ``models.initialisers``.
        dropout: the rate of dropout on what is looked up.

    Call arguments:
        ids: integers, any shape [...].
        training: whether dropout is at work.

    Returns:
        [..., E].
    """

    def __init__(
        self, vocabulary: int, size: int, initialiser_name: str, dropout: float = 0.0, **kwargs
    ):
        super().__init__(**kwargs)
        self.table = self.add_weight(
            name="table",
            shape=(vocabulary, size),
            initializer=initialiser(initialiser_name),
            autocast=False,
        )
        self.dropout = keras.layers.Dropout(dropout)
        self.built = True

    def call(self, ids, training=False):
        rows = tf.gather(self.table.value, ids)
        return self.dropout(tf.cast(rows, self.compute_dtype), training=training)


class Output(keras.layers.Layer):
    """Logits over the vocabulary, in one product for all positions.

    Args:
        vocabulary: V.
        features: R, the size of what comes in.
        initialiser_name: a name of ``models.initialisers``.
        tied: target embeddings of size R that serve as the output matrix (Press and Wolf 2017).

    Call arguments:
        features: [..., R].

    Returns:
        [..., V].
    """

    def __init__(
        self,
        vocabulary: int,
        features: int,
        initialiser_name: str,
        tied: Embedding | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary = vocabulary
        self.tied = tied
        if tied is None:
            self.kernel = self.add_weight(
                name="kernel",
                shape=(features, vocabulary),
                initializer=initialiser(initialiser_name),
            )
        self.bias = self.add_weight(name="bias", shape=(vocabulary,), initializer="zeros")
        self.built = True

    def call(self, features):
        matrix = self.kernel if self.tied is None else self.tied.table
        rows = tf.reshape(features, [-1, features.shape[-1]])
        logits = tf.matmul(
            rows, tf.cast(matrix, self.compute_dtype), transpose_b=self.tied is not None
        )
        logits = tf.nn.bias_add(logits, tf.cast(self.bias, self.compute_dtype))
        shape = tf.concat([tf.shape(features)[:-1], [self.vocabulary]], axis=0)
        return tf.ensure_shape(tf.reshape(logits, shape), [*features.shape[:-1], self.vocabulary])
