"""One look at a translator's gradients, as training may take every few updates."""

from typing import NamedTuple

import keras
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.lens.hidden_gradients import Profile, by_distance, half_life
from models.lens.verdict import Verdict, judge


class Look(NamedTuple):
    """What one recurrent layer shows.

    profile: ‖∂L/∂h_t‖ by the distance from the loss. half_life: see ``half_life``.
    """

    profile: Profile
    half_life: float
    verdict: Verdict


def look(
    translator: keras.Model, source_ids: tf.Tensor, target_ids: tf.Tensor, clipped: float = 0.0
) -> dict[str, Look]:
    """Measure every recurrent layer on one batch.

    The loss is the cross-entropy of the real target tokens, in total, without dropout.

    Args:
        translator: a model with ``probes``.
        source_ids: [B, S].
        target_ids: [B, T], with the end and without the beginning.
        clipped: the share of recent updates that were clipped, for the verdict.

    Returns:
        A Look by the probe's name, "encoder/LAYER/DIRECTION" or "decoder/LAYER"; a layer is left
        out where the batch holds one-token sentences alone. Empty for a model without recurrence.
    """
    gradients = _gradients(translator, source_ids, target_ids)
    masks = {"encoder": (source_ids != PAD).numpy(), "decoder": (target_ids != PAD).numpy()}
    looks = {}
    for name, gradient in gradients.items():
        part, *_ = name.split("/")
        profile = by_distance(gradient.numpy(), masks[part], reverse=name.endswith("/backward"))
        if len(profile.norms) > 1:
            halving = half_life(profile.norms)
            steps = len(profile.norms) - 1
            looks[name] = Look(profile, halving, judge(name, halving, steps, clipped))
    return looks


def _gradients(translator, source_ids, target_ids) -> dict[str, tf.Tensor]:
    """∂L/∂h_t [B, T, H] by the probe's name."""
    begin = tf.fill([tf.shape(target_ids)[0], 1], tf.constant(BEGIN, target_ids.dtype))
    input_ids = tf.concat([begin, target_ids[:, :-1]], axis=1)
    probes = translator.probes(source_ids, input_ids)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(probes)
        logits = translator((source_ids, input_ids), training=False, probes=probes)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target_ids, logits)
        loss = tf.reduce_sum(tf.where(target_ids == PAD, 0.0, losses))
    return tape.gradient(loss, probes)
