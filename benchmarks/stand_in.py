"""A model to load a server with where no translator was trained: its work grows with the text."""

import numpy as np
import tensorflow as tf


class StandIn(tf.Module):
    """A recurrent network over bytes: one step per byte in, one per byte out."""

    UNITS = 512

    def __init__(self) -> None:
        super().__init__()
        random = np.random.default_rng(0)

        def weights(*shape: int) -> tf.Variable:
            return tf.Variable(random.normal(0, self.UNITS**-0.5, shape).astype(np.float32))

        self.recurrent = weights(self.UNITS, 2 * self.UNITS)
        self.embedding = weights(256, 2 * self.UNITS)
        self.output = weights(self.UNITS, 96)

    def _step(self, state: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        gate, candidate = tf.split(
            tf.gather(self.embedding, ids) + state @ self.recurrent, 2, axis=1
        )
        return state + tf.sigmoid(gate) * (tf.tanh(candidate) - state)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def serving_default(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] -> translation [B], score [B]; the translation is nonsense of equal length."""
        letters = tf.strings.bytes_split(text).to_tensor(default_value=" ")
        codes = tf.cast(tf.io.decode_raw(letters, tf.uint8)[:, :, 0], tf.int32)
        length = tf.shape(codes)[1]
        state = tf.zeros([tf.shape(text)[0], self.UNITS])
        for step in tf.range(length):
            state = self._step(state, codes[:, step])
        written = tf.TensorArray(tf.int32, size=length)
        last = tf.zeros([tf.shape(text)[0]], tf.int32)
        score = tf.zeros([tf.shape(text)[0]])
        for step in tf.range(length):
            state = self._step(state, last)
            logits = tf.nn.log_softmax(state @ self.output)
            last = tf.argmax(logits, axis=1, output_type=tf.int32)
            score += tf.reduce_max(logits, axis=1)
            written = written.write(step, last + 32)
        translation = tf.strings.unicode_encode(tf.transpose(written.stack()), "UTF-8")
        return {"translation": translation, "score": score}
