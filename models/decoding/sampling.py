"""Sampling: ids drawn from the model's distribution, for varied translations and for training on
sequence-level objectives."""

from dataclasses import dataclass

import tensorflow as tf

from models.decoding import rows
from models.decoding.config import DecodingConfig
from models.decoding.hypotheses import Hypotheses, Translator
from models.decoding.limits import length_limits
from models.decoding.walk import walk


@dataclass(frozen=True)
class SamplingSearch:
    """``samples`` hypotheses for each sentence, drawn independently, in the order of drawing.

    The distribution is softmax(logits / temperature) over the allowed ids, cut to the ``top_k``
    most probable, then to the fewest of those that hold at least ``top_p`` of the mass that is
    left (nucleus sampling, Holtzman et al., 2020). The scores are the model's own
    log-probabilities all the same.

    Equal arguments give equal samples. A row's samples do not depend on the rows after it.
    """

    config: DecodingConfig

    def for_the_best(self) -> "SamplingSearch":
        """Itself: none of its samples is the best, and the first depends on their number."""
        return self

    def __call__(
        self, translator: Translator, source_ids: tf.Tensor, draw: int | tf.Tensor = 0
    ) -> Hypotheses:
        """Source ids [B, S] to hypotheses with N = samples.

        Args:
            draw: which draw of the seed's sequence, such as the number of the training step;
                another draw gives other samples.
        """
        samples = self.config.samples
        memory = translator.encode(source_ids)
        sentences = tf.shape(memory.mask)[0]
        limits = tf.repeat(length_limits(self.config, memory.mask), samples)
        seed = tf.stack([self.config.seed, tf.cast(draw, tf.int32)])

        def choose(logits, step, row):
            at_step = tf.random.experimental.stateless_fold_in(seed, step)
            points = tf.random.stateless_uniform([sentences * samples], at_step, dtype=tf.float64)
            return self._ids_at(tf.gather(points, row), logits)

        found = walk(self.config, translator, rows.repeat(memory, samples), limits, choose)
        return Hypotheses(*(_by_sentence(tensor, sentences, samples) for tensor in found))

    def _ids_at(self, points, logits):
        """The ids [A] at which the cumulative distributions exceed the points [A] in [0, 1)."""
        logits = logits / self.config.temperature
        if self.config.top_k is None and self.config.top_p is None:
            return _invert(points, tf.nn.softmax(tf.cast(logits, tf.float64)))
        vocabulary = tf.shape(logits)[1]
        kept = (
            vocabulary if self.config.top_k is None else tf.minimum(self.config.top_k, vocabulary)
        )
        logits, ids = tf.math.top_k(logits, kept)
        mass = tf.nn.softmax(tf.cast(logits, tf.float64))
        if self.config.top_p is not None:
            mass_before = tf.cumsum(mass, axis=1, exclusive=True)
            mass = tf.where(mass_before < self.config.top_p, mass, 0.0)
        return tf.gather(ids, _invert(points, mass), batch_dims=1)


def _invert(points, mass):
    """The first places [A] where the cumulative mass [A, V] exceeds points * its total."""
    cumulative = tf.cumsum(mass, axis=1)
    exceeds = cumulative > points[:, None] * cumulative[:, -1:]
    return tf.argmax(exceeds, axis=1, output_type=tf.int32)


def _by_sentence(tensor, sentences, samples):
    """[B * N, 1, ...] to [B, N, ...]."""
    return tf.reshape(tensor, tf.concat([[sentences, samples], tf.shape(tensor)[2:]], axis=0))
