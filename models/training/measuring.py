"""What a validation measures."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from foundation.errors import UserError
from models.training.batches import validation_batches
from models.training.config import TrainingConfig
from models.training.objectives.cross_entropy import TokenLoss, decoder_input, token_loss

_IDS = tf.TensorSpec([None, None], tf.int64)


class Measure:
    """Loss and accuracy on the validation split, without dropout and smoothing, and more.

    Args:
        translator: is measured as it is when called
        files: the validation split
        config: sizes of batches; the metric that decides
        validate: the other metrics
    """

    def __init__(
        self,
        translator: keras.Model,
        files: Sequence[str],
        config: TrainingConfig,
        validate: Callable[[], dict[str, float]],
    ):
        self._files = files
        self._config = config
        self._validate = validate

        @tf.function(input_signature=[_IDS, _IDS])
        def sums(source_ids: tf.Tensor, target_ids: tf.Tensor) -> TokenLoss:
            logits = translator((source_ids, decoder_input(target_ids)), training=False)
            return token_loss(logits, target_ids)

        self._sums = sums

    def __call__(self) -> dict[str, float]:
        """The metrics by name: ``loss`` in nats for a token, ``accuracy``, and the others.

        Raises:
            UserError: the metric that decides is not among them.
        """
        metrics = self._losses() | self._validate()
        wanted = self._config.best.metric
        if wanted not in metrics:
            raise UserError(
                f"training.best.metric: there is no '{wanted}'; choose one of "
                f"{', '.join(sorted(metrics))}."
            )
        return metrics

    def _losses(self) -> dict[str, float]:
        loss = correct = tokens = 0.0
        for batch in validation_batches(self._files, self._config.batch):
            sums = self._sums(*batch)
            loss += float(sums.loss)
            correct += float(sums.correct)
            tokens += float(sums.tokens)
        tokens = max(tokens, 1.0)
        return {"loss": loss / tokens, "accuracy": correct / tokens}
