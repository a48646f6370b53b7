"""What keeps a gradient small."""

import tensorflow as tf

from models.training.config import ClipConfig


def clip(
    gradients: list[tf.Tensor], norm: tf.Tensor, config: ClipConfig
) -> tuple[list[tf.Tensor], tf.Tensor]:
    """Clip dense gradients whose global norm is ``norm``.

    Returns:
        the gradients, and the share of the global norm that is left, 1 where nothing was changed
    """
    limit = config.limit
    if config.by == "global_norm":
        # Pascanu et al. (2013), algorithm 1.
        kept = limit / tf.maximum(norm, limit)
        return [g * tf.cast(kept, g.dtype) for g in gradients], kept
    if config.by == "variable_norm":
        over = tf.reduce_any([tf.norm(g) > limit for g in gradients])
        clipped = [tf.clip_by_norm(g, limit) for g in gradients]
    elif config.by == "value":
        over = tf.reduce_any([tf.reduce_any(tf.abs(g) > limit) for g in gradients])
        clipped = [tf.clip_by_value(g, -limit, limit) for g in gradients]
    else:
        return gradients, tf.ones_like(norm)
    return clipped, tf.where(over, tf.linalg.global_norm(clipped) / norm, 1.0)
