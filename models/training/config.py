"""What the user writes under ``training:``."""

from typing import Literal

from pydantic import Field

from foundation.settings import Settings


class BatchConfig(Settings):
    """How sentence pairs become batches.

    tokens: the most ids, padding included, on the longer side of a batch.
    maximum_length: a pair with a longer side is left out of training, and counted.
    shuffle: how many pairs are drawn from at a time.
    """

    tokens: int = Field(3000, ge=1)
    maximum_length: int = Field(100, ge=1)
    shuffle: int = Field(200_000, ge=1)


class OptimiserConfig(Settings):
    """The rule of an update and its step size."""

    kind: Literal["sgd", "momentum", "adam", "adamw"] = "adam"
    learning_rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(0.01, ge=0, description="adamw only; biases and norms are spared")


class ScheduleConfig(Settings):
    """How the step size changes: it rises for ``warm_up`` steps, then follows ``kind``.

    constant: stays. inverse_square_root: falls with the root of the step. cosine: falls to 0 at
    ``steps``.
    """

    kind: Literal["constant", "inverse_square_root", "cosine"] = "constant"
    warm_up: int = Field(0, ge=0)
    steps: int = Field(100_000, ge=1, description="cosine only: where it reaches 0")


class BestConfig(Settings):
    """Which validation metric decides what the best checkpoint is, and which way is better."""

    metric: str = "bleu"
    direction: Literal["maximise", "minimise"] = "maximise"


class TrainingConfig(Settings):
    """A training run.

    clip: the largest global norm of a gradient; larger ones are scaled down to it.
    patience: training ends after so many validations without a better metric; none, if null.
    validate_every, checkpoint_every: in updates; null is once an epoch.
    keep: how many of the newest checkpoints are kept beside the best.
    """

    epochs: int = Field(10, ge=1)
    seed: int = Field(1, ge=0)
    batch: BatchConfig = BatchConfig()
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    optimiser: OptimiserConfig = OptimiserConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    clip: float = Field(1.0, gt=0)
    best: BestConfig = BestConfig()
    patience: int | None = Field(None, ge=1)
    validate_every: int | None = Field(None, ge=1)
    checkpoint_every: int | None = Field(None, ge=1)
    keep: int = Field(2, ge=1)
