"""Minimum risk training over samples."""

from dataclasses import dataclass

import tensorflow as tf

from models.training.objectives.config import MinimumRiskConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.objective import Outcome
from models.training.objectives.samples import evaluate, sampling
from models.training.rewards import Reward


@dataclass(frozen=True)
class MinimumRisk:
    """The expected loss of reward under the model's distribution over some samples.

    Args:
        config: samples, sharpness, and the weight of cross-entropy
        cross_entropy: of the reference; its translator is the one that is trained
        reward: of a translation
        maximum_length: of a sample
        seed: equal seeds and updates draw equal samples
    """

    config: MinimumRiskConfig
    cross_entropy: CrossEntropy
    reward: Reward
    maximum_length: int
    seed: int

    def __call__(self, source_ids: tf.Tensor, target_ids: tf.Tensor, update: tf.Tensor) -> Outcome:
        """See ``Objective``; reports the mean reward of the samples."""
        translator = self.cross_entropy.translator
        search = sampling(self.config.samples, self.maximum_length, self.seed)
        ids = tf.stop_gradient(search(translator, source_ids, draw=update).ids)
        samples = evaluate(translator, source_ids, target_ids, ids, self.reward)
        loss = risk(samples.log_probabilities, samples.rewards, first_of_equals(ids),
                    self.config.sharpness)  # fmt: skip

        reference = self.cross_entropy(source_ids, target_ids, update)
        return Outcome(
            loss=loss + self.config.cross_entropy * reference.loss,
            weight=tf.shape(target_ids)[0],
            measures={
                **reference.measures,
                "reward": tf.reduce_sum(tf.reduce_mean(samples.rewards, axis=1)),
            },
        )


def risk(
    log_probabilities: tf.Tensor, rewards: tf.Tensor, distinct: tf.Tensor, sharpness: float
) -> tf.Tensor:
    """Σ_b Σ_n Q_bn (1 - r_bn), with Q_bn ∝ p_bn^sharpness over the distinct samples.

    This is the approximate risk of Shen et al. (2016), equation 13.

    With every sequence among the samples and sharpness 1 it is the exact expected risk.

    Args:
        log_probabilities: [B, N], of the samples
        rewards: [B, N], from 0 to 1
        distinct: [B, N] boolean, whether a sample counts
        sharpness: of the distribution over the samples
    """
    scaled = sharpness * log_probabilities
    share = tf.nn.softmax(tf.where(distinct, scaled, scaled.dtype.min), axis=1)
    return tf.reduce_sum(share * tf.cast(1 - rewards, share.dtype))


def first_of_equals(ids: tf.Tensor) -> tf.Tensor:
    """Whether no earlier sample of the sentence has the same ids: ids [B, N, T] to [B, N]."""
    equal = tf.reduce_all(ids[:, :, None] == ids[:, None, :], axis=-1)
    earlier = tf.linalg.band_part(tf.cast(equal, tf.int32), -1, 0)
    return tf.reduce_sum(earlier, axis=2) == 1
