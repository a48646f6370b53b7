"""What the user writes under ``training.objective:``."""

from typing import Annotated, Literal

from pydantic import Field

from foundation.settings import Settings


class CrossEntropyConfig(Settings):
    """Teacher forcing: the reference's ids are read, whatever the model would have written."""

    kind: Literal["cross_entropy"] = "cross_entropy"


class ScheduledSamplingConfig(Settings):
    """Scheduled sampling (Bengio et al. 2015): the model reads some of its own ids.

    The reference's id is read with a probability that falls with update i, k being ``steps``:
    linear 1 - i/k; exponential exp(-i/k); inverse_sigmoid k' / (k' + exp(i/k')) with k' so that
    it is a half at i = k. It never falls below ``floor``.

    passes: "stepwise" draws each id from the distribution that the mixed prefix gives, one step
        after the other; "two" draws all of them from a first, teacher-forced pass (Mihaylova and
        Martins 2019), which keeps a Transformer parallel.
    """

    kind: Literal["scheduled_sampling"]
    decay: Literal["linear", "exponential", "inverse_sigmoid"] = "inverse_sigmoid"
    steps: int = Field(5000, ge=1)
    floor: float = Field(0.0, ge=0, le=1)
    passes: Literal["stepwise", "two"] = "stepwise"


class RewardConfig(Settings):
    """What a sampled translation is worth, and how much cross-entropy is mixed in.

    reward: a sentence's BLEU or chrF, from 0 to 1.
    cross_entropy: the weight of the reference's negative log-probability (Wu et al. 2016, eq. 9).
    samples: drawn for each sentence.
    """

    reward: Literal["bleu", "chrf"] = "bleu"
    cross_entropy: float = Field(0.017, ge=0)
    samples: int = Field(1, ge=1)


class ReinforceConfig(RewardConfig):
    """Self-critical REINFORCE (Rennie et al. 2017): the greedy translation is the baseline."""

    kind: Literal["reinforce"]


class MinimumRiskConfig(RewardConfig):
    """Minimum risk training (Shen et al. 2016) over the distinct ones of some samples.

    sharpness: the exponent of the probabilities that are normalised over the samples.
    """

    kind: Literal["minimum_risk"]
    samples: int = Field(8, ge=2)
    sharpness: float = Field(0.005, gt=0)


ObjectiveConfig = Annotated[
    CrossEntropyConfig | ScheduledSamplingConfig | ReinforceConfig | MinimumRiskConfig,
    Field(discriminator="kind"),
]
