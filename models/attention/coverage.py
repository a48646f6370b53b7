"""Coverage: attention that knows where it has looked before."""

import keras
import tensorflow as tf

from models.attention.attention import Attention, Sight
from models.initialisers import initialiser
from models.unroll import unroll


class Coverage(keras.layers.Layer):
    """The coverage vector, Tu et al. 2016 and See et al. 2017.

    The coverage of a position is the sum of the weights it has had, v_s = Σ_{u<t} a_us, and shifts
    its key: k_s + v_s w. For additive attention this is the term that See et al. put into the
    energies; in this form every attention that has keys can have it.

    Args:
        kernel_initialiser: for w, a name of ``models.initialisers``.
    """

    def __init__(self, kernel_initialiser: str = "glorot", **kwargs):
        super().__init__(**kwargs)
        self.kernel_initialiser = kernel_initialiser

    def build(self, keys_shape):
        self.shift = self.add_weight(
            name="shift",
            shape=(1, keys_shape[-1]),
            initializer=initialiser(self.kernel_initialiser),
        )

    def look(
        self,
        attention: Attention,
        queries: tf.Tensor,
        sight: Sight,
        mask: tf.Tensor,
        coverage: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Lets the attention look from one step after the other.

        Args:
            attention: the attention to steer.
            queries: [B, T, H].
            sight: what the attention made of the source.
            mask: [B, S] boolean.
            coverage: [B, S, 1], of the steps before these.

        Returns:
            The contexts [B, T, C], the weights [B, T, S], and the coverage after the last step.
        """
        if not self.built:
            self.build(sight.keys.shape)
        shift = tf.cast(self.shift, self.compute_dtype)

        def step(query, coverage):
            shifted = sight._replace(keys=sight.keys + coverage * shift)
            context, weights = attention(query[:, tf.newaxis], shifted, mask)
            coverage = coverage + tf.transpose(weights, [0, 2, 1])
            return (context[:, 0], weights[:, 0]), coverage

        nothing = tf.zeros([tf.shape(queries)[0], sight.values.shape[-1]], self.compute_dtype)
        (contexts, weights), coverage = unroll(
            step, queries, coverage, (nothing, coverage[:, :, 0])
        )
        return contexts, weights, coverage
