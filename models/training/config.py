"""What the user writes under ``training:``."""

from typing import Literal

from pydantic import Field, model_validator

from foundation.settings import Settings
from models.training.objectives.config import CrossEntropyConfig, ObjectiveConfig


class BatchConfig(Settings):
    """How sentence pairs become batches.

    tokens: the most ids, padding included, on the longer side of a batch.
    sentences: the most pairs of a batch, instead of ``tokens``.
    maximum_length: a pair with a longer side is left out of training, and counted.
    shuffle: how many pairs are held in memory, mixed, and cut into batches of like lengths.
    accumulate: batches whose gradients make one update.
    """

    tokens: int = Field(3000, ge=1)
    sentences: int | None = Field(None, ge=1)
    maximum_length: int = Field(100, ge=1)
    shuffle: int = Field(200_000, ge=1)
    accumulate: int = Field(1, ge=1)


class OptimiserConfig(Settings):
    """The rule of an update and its step size.

    weight_decay: taken off every matrix at each update, times the learning rate (Loshchilov and
        Hutter 2019); biases and norms are spared.
    momentum: of kind momentum. beta_1, beta_2, epsilon: of adam and adamw; the betas of lion too.
    """

    kind: Literal["sgd", "momentum", "adam", "adamw", "adafactor", "lion"] = "adam"
    learning_rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(0.0, ge=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    beta_1: float = Field(0.9, ge=0, lt=1)
    beta_2: float = Field(0.999, ge=0, lt=1)
    epsilon: float = Field(1e-7, gt=0)

    @model_validator(mode="after")
    def _adamw_decays(self) -> "OptimiserConfig":
        if self.kind == "adamw" and not self.weight_decay:
            raise ValueError("adamw without weight_decay is adam: set weight_decay, such as 0.01")
        return self


class ScheduleConfig(Settings):
    """How the step size changes: it rises for ``warm_up`` updates, then follows ``kind``.

    constant: stays. inverse_square_root: falls with the root of the update. cosine: falls to 0 at
    ``steps``. plateau: is multiplied by ``factor`` when ``patience`` validations in a row brought
    no better ``best.metric``, down to ``floor`` of the learning rate.
    """

    kind: Literal["constant", "inverse_square_root", "cosine", "plateau"] = "constant"
    warm_up: int = Field(0, ge=0)
    steps: int = Field(100_000, ge=1)
    factor: float = Field(0.5, gt=0, lt=1)
    patience: int = Field(2, ge=1)
    floor: float = Field(0.01, ge=0, lt=1)


class ClipConfig(Settings):
    """What keeps a gradient small.

    global_norm: the norm over all variables together is at most ``limit`` (Pascanu et al. 2013).
    variable_norm: each variable's norm is. value: each number's size is. none: nothing is done.
    """

    by: Literal["global_norm", "variable_norm", "value", "none"] = "global_norm"
    limit: float = Field(1.0, gt=0)


class BestConfig(Settings):
    """Which validation metric decides what the best checkpoint is, and which way is better."""

    metric: str = "bleu"
    direction: Literal["maximise", "minimise"] = "maximise"


class AverageConfig(Settings):
    """Whose mean the final weights are.

    none: those of the best checkpoint. ema: an exponential moving average over the updates, with
    ``decay``; it is what validation measures. last, best: the mean of so many ``checkpoints``,
    taken where it measures better than the best single one.
    """

    over: Literal["none", "ema", "last", "best"] = "none"
    decay: float = Field(0.999, gt=0, lt=1)
    checkpoints: int = Field(5, ge=2)


class WindowConfig(Settings):
    """Truncated backpropagation through time.

    window: so many positions on either side; the state is carried from window to window, its
        gradient is cut there, and memory does not grow with the target's length.
    """

    window: int = Field(ge=1)


class SubwordSamplingConfig(Settings):
    """Subword regularisation: at each epoch, words are cut into other pieces.

    alpha: of unigram pieces the power to which a segmentation's probability is taken, so that 0
        makes all alike and a large one chooses the best (Kudo 2018); of BPE the probability that a
        merge is passed over (Provilkov et al. 2020). Null is 0.3 for unigram and 0.1 for BPE, which
        make sentences longer by a tenth to a fifth; 0.1 for unigram would nearly double them.
    candidates: the best segmentations of a word that are chosen from; of unigram pieces alone.
    """

    alpha: float | None = Field(None, ge=0, le=1)
    candidates: int = Field(64, ge=2)


class TrainingConfig(Settings):
    """A training run.

    epochs, updates: training ends after so many of either; null is no limit of updates.
    init_from: a checkpoint, or the folder of another training, whose best weights are the start.
    normalise: what a batch's loss is divided by.
    subword_sampling: other pieces of the same words at each epoch; null is always the best ones.
    bptt: how far the gradient goes back through time: "full", or ``{window: k}``.
    patience: training ends after so many validations without a better metric; none, if null.
    validate_every, checkpoint_every: in updates; null is once an epoch.
    keep: how many of the newest checkpoints are kept beside the best.
    non_finite_limit: so many skipped updates in a row end the training.
    deterministic: operations that give the same bits at every run, at some speed.
    """

    epochs: int = Field(10, ge=1)
    updates: int | None = Field(None, ge=1)
    seed: int = Field(1, ge=0, lt=2**31)
    init_from: str | None = None
    batch: BatchConfig = BatchConfig()
    subword_sampling: SubwordSamplingConfig | None = None
    objective: ObjectiveConfig = CrossEntropyConfig()
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    normalise: Literal["tokens", "sentences"] = "tokens"
    bptt: Literal["full"] | WindowConfig = "full"
    optimiser: OptimiserConfig = OptimiserConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    clip: ClipConfig = ClipConfig()
    average: AverageConfig = AverageConfig()
    best: BestConfig = BestConfig()
    patience: int | None = Field(None, ge=1)
    validate_every: int | None = Field(None, ge=1)
    checkpoint_every: int | None = Field(None, ge=1)
    keep: int = Field(2, ge=1)
    non_finite_limit: int = Field(20, ge=1)
    precision: Literal["float32", "bfloat16"] = "float32"
    xla: bool = False
    deterministic: bool = False

    @model_validator(mode="after")
    def _combinations(self) -> "TrainingConfig":
        if self.bptt != "full" and self.objective.kind != "cross_entropy":
            raise ValueError(
                f"a bptt window goes with objective cross_entropy, not {self.objective.kind}: "
                "set bptt to full"
            )
        if self.xla and (self.objective.kind != "cross_entropy" or self.bptt != "full"):
            raise ValueError("xla goes with objective cross_entropy and bptt full: set it to false")
        if self.xla and self.batch.sentences is None:
            raise ValueError(
                "xla compiles anew for each shape of a batch: set batch.sentences, so that they "
                "are few"
            )
        if self.average.over == "last" and self.keep < self.average.checkpoints:
            raise ValueError(
                f"average.checkpoints ({self.average.checkpoints}) exceeds keep ({self.keep}): "
                "keep as many as are averaged"
            )
        return self
