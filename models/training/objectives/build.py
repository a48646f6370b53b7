"""From the configuration to the objective."""

import keras

from models.training.config import TrainingConfig
from models.training.objectives.cross_entropy import CrossEntropy
from models.training.objectives.minimum_risk import MinimumRisk
from models.training.objectives.objective import Objective
from models.training.objectives.reinforce import Reinforce
from models.training.objectives.scheduled_sampling import ScheduledSampling
from models.training.rewards import Detokenise, build_reward


def build_objective(
    translator: keras.Model, config: TrainingConfig, detokenise: Detokenise | None
) -> Objective:
    """The objective that the configuration describes.

    Raises:
        UserError: the reward needs a detokeniser and there is none.
    """
    cross_entropy = CrossEntropy(
        translator, config.label_smoothing, config.normalise, packed=not config.xla
    )
    chosen = config.objective
    if chosen.kind == "cross_entropy":
        return cross_entropy
    if chosen.kind == "scheduled_sampling":
        return ScheduledSampling(translator, chosen, cross_entropy, config.seed)
    sequence_level = {"reinforce": Reinforce, "minimum_risk": MinimumRisk}[chosen.kind]
    reward = build_reward(chosen.reward, detokenise)
    return sequence_level(chosen, cross_entropy, reward, config.batch.maximum_length, config.seed)
