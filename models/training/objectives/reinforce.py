"""Self-critical sequence training: REINFORCE with the greedy translation as its baseline."""

from dataclasses import dataclass

import tensorflow as tf

from models.training.objectives.config import ReinforceConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.objective import Outcome
from models.training.objectives.samples import evaluate, greedy, sampling
from models.training.rewards import Reward


@dataclass(frozen=True)
class Reinforce:
    """Sampled translations that beat the greedy one become more probable (Rennie et al. 2017).

    Args:
        config: samples, and the weight of cross-entropy
        cross_entropy: of the reference; its translator is the one that is trained
        reward: of a translation
        maximum_length: of a sample
        seed: equal seeds and updates draw equal samples
    """

    config: ReinforceConfig
    cross_entropy: CrossEntropy
    reward: Reward
    maximum_length: int
    seed: int

    def __call__(self, source_ids: tf.Tensor, target_ids: tf.Tensor, update: tf.Tensor) -> Outcome:
        """See ``Objective``; reports the rewards of the samples and of the baseline."""
        translator = self.cross_entropy.translator
        search = sampling(self.config.samples, self.maximum_length, self.seed)
        ids = tf.stop_gradient(search(translator, source_ids, draw=update).ids)
        baseline_ids = greedy(self.maximum_length)(translator, source_ids).ids
        baselines = self.reward(baseline_ids[:, 0], target_ids)
        samples = evaluate(translator, source_ids, target_ids, ids, self.reward)
        loss = policy_gradient_loss(samples.log_probabilities, samples.rewards, baselines)

        reference = self.cross_entropy(source_ids, target_ids, update)
        return Outcome(
            loss=loss + self.config.cross_entropy * reference.loss,
            weight=tf.shape(target_ids)[0],
            measures={
                **reference.measures,
                "reward": tf.reduce_sum(tf.reduce_mean(samples.rewards, axis=1)),
                "baseline": tf.reduce_sum(baselines),
            },
        )


def policy_gradient_loss(
    log_probabilities: tf.Tensor, rewards: tf.Tensor, baselines: tf.Tensor
) -> tf.Tensor:
    """A sum over sentences whose gradient estimates that of the negative expected reward.

    -Σ_b 1/N Σ_n (r_bn - baseline_b) log p_bn (Williams 1992). A baseline that does not depend on
    the sample leaves the expectation as it is and makes the variance smaller.

    Args:
        log_probabilities: [B, N], of the samples
        rewards: [B, N]
        baselines: [B]
    """
    advantages = tf.cast(rewards - baselines[:, None], log_probabilities.dtype)
    return -tf.reduce_sum(tf.reduce_mean(advantages * log_probabilities, axis=1))
