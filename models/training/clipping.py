"""What keeps a gradient small."""

import tensorflow as tf

from models.training.config import ClipConfig


def clip(
    gradients: list[tf.Tensor], norm: tf.Tensor, config: ClipConfig
) -> tuple[list[tf.Tensor], tf.Tensor]:
    """Clip dense gradients whose global norm is ``norm``.

    Returns:
        the gradients, and whether any was changed, as a boolean scalar
    """
    limit = config.limit
    if config.by == "global_norm":
        # Pascanu et al. (2013), algorithm 1.
        return [g * tf.cast(limit / tf.maximum(norm, limit), g.dtype) for g in gradients], (
            norm > limit
        )
    if config.by == "variable_norm":
        over = tf.reduce_any([tf.norm(g) > limit for g in gradients])
        return [tf.clip_by_norm(g, limit) for g in gradients], over
    if config.by == "value":
        over = tf.reduce_any([tf.reduce_any(tf.abs(g) > limit) for g in gradients])
        return [tf.clip_by_value(g, -limit, limit) for g in gradients], over
    return gradients, tf.constant(False)
