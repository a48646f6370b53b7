"""The way back: each hypothesis of a beam search is read off from its end to its beginning.

The search only notes, at each step, which id continued which hypothesis. Nothing that grows with
the length is copied when hypotheses change places.
"""

from typing import NamedTuple

import tensorflow as tf

from foundation.vocabulary import PAD
from models.decoding.hypotheses import Hypotheses
from models.decoding.pool import Pool


class Trail(NamedTuple):
    """One array element for each step, B sentences wide, zero where a sentence is done.

    ids: int32 [B, K], the ids of the alive hypotheses.
    parents: int32 [B, K], the places in the beam that they continued.
    attention: float32 [B, K, S], by the place continued.
    """

    ids: tf.TensorArray
    parents: tf.TensorArray
    attention: tf.TensorArray


def empty_trail() -> Trail:
    """A trail without steps."""
    return Trail(
        *(
            tf.TensorArray(dtype, size=0, dynamic_size=True)
            for dtype in (tf.int32, tf.int32, tf.float32)
        )
    )


def write(trail: Trail, step, sentence, sentences, ids, parents, attention) -> Trail:
    """Note one step of the sentences at the places ``sentence`` [A] among all ``sentences``.

    ids, parents: int32 [A, K]; attention: float32 [A * M, S], of the M <= K hypotheses continued.
    """
    width = ids.shape[1]
    rows, source_length = tf.unstack(tf.shape(attention))
    continued = rows // tf.maximum(tf.size(sentence), 1)
    attention = tf.reshape(attention, [tf.size(sentence), continued, source_length])
    attention = tf.pad(attention, [[0, 0], [0, width - continued], [0, 0]])
    return Trail(
        *(
            array.write(
                step,
                tf.scatter_nd(
                    sentence[:, None], tensor, tf.concat([[sentences], tf.shape(tensor)[1:]], 0)
                ),
            )
            for array, tensor in zip(trail, (ids, parents, attention), strict=True)
        )
    )


def trace(pool: Pool, trail: Trail, n_best: int) -> Hypotheses:
    """The first ``n_best`` hypotheses of the pool, with their ids and attention."""
    best = Pool(*(tensor[:, :n_best] for tensor in pool))
    steps = tf.maximum(tf.reduce_max(best.lengths), 1)  # of an empty batch, too
    ids, places = _walk_back(best, trail.ids.stack(), trail.parents.stack(), steps)
    attention = tf.gather(
        tf.transpose(trail.attention.stack()[:steps], [1, 0, 2, 3]),
        tf.transpose(places, [1, 0, 2]),
        batch_dims=2,
    )
    inside = tf.sequence_mask(best.lengths, steps)
    return Hypotheses(
        ids=tf.transpose(ids, [1, 2, 0]),
        lengths=best.lengths,
        scores=best.scores,
        attention=tf.where(inside[..., None], tf.transpose(attention, [0, 2, 1, 3]), 0.0),
    )


def _walk_back(best: Pool, trail_ids, trail_parents, steps):
    """The ids of the hypotheses and the places they continued: int32 [T, B, N] each."""

    def back(step, place, ids, places):
        last = best.lengths == step + 1
        inside = best.lengths > step
        id_here = tf.gather(trail_ids[step], place, batch_dims=1)
        place_before = tf.gather(trail_parents[step], place, batch_dims=1)
        id_here = tf.where(last, best.ids, id_here)
        place_before = tf.where(last, best.parents, place_before)
        return (
            step - 1,
            place_before,
            ids.write(step, tf.where(inside, id_here, PAD)),
            places.write(step, tf.where(inside, place_before, 0)),
        )

    shape = best.lengths.shape
    _, _, ids, places = tf.while_loop(
        lambda step, *_: step >= 0,
        back,
        (
            steps - 1,
            tf.zeros_like(best.parents),
            tf.TensorArray(tf.int32, size=steps, element_shape=shape),
            tf.TensorArray(tf.int32, size=steps, element_shape=shape),
        ),
    )
    return ids.stack(), places.stack()
