"""Whether a model's weights are numbers."""

import keras
import tensorflow as tf

from foundation.errors import UserError


def non_finite_weights(model: keras.Model) -> list[str]:
    """The paths of the weights that hold a NaN or an infinity."""
    weights = [weight for weight in model.weights if weight.value.dtype.is_floating]
    finite = tf.stack([tf.reduce_all(tf.math.is_finite(weight.value)) for weight in weights])
    return [weight.path for weight, sound in zip(weights, finite.numpy(), strict=True) if not sound]


def require_finite_weights(model: keras.Model) -> None:
    """Refuses a model that cannot translate.

    Raises:
        UserError: naming the weights that hold a NaN or an infinity.
    """
    broken = non_finite_weights(model)
    if broken:
        raise UserError(
            f"The model's weights are not finite in {', '.join(broken)}: take an earlier "
            "checkpoint, and train with a lower learning rate or a smaller gradient norm."
        )
