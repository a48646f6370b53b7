"""The loop of the strategies that follow one path: one id chosen for each row at each step."""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding import rows
from models.decoding.config import DecodingConfig
from models.decoding.constraints import forbidden, without_repeats
from models.decoding.hypotheses import Hypotheses, Translator

Choose = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]
"""(logits [A, V], step, row [A]) to the ids chosen, int32 [A]."""


class Walkers(NamedTuple):
    """The A rows that have not ended. A row that ends leaves, and costs nothing more.

    row: int32 [A], its place among all rows.
    limit: int32 [A], the most ids it may get.
    history: int32 [A, t], the ids so far, BEGIN first.
    """

    row: tf.Tensor
    limit: tf.Tensor
    history: tf.Tensor
    memory: Any
    state: Any


class Track(NamedTuple):
    """What every row, ended or not, has left behind: N rows, one array element for each step."""

    ids: tf.TensorArray
    attention: tf.TensorArray
    scores: tf.Tensor


def walk(
    config: DecodingConfig, translator: Translator, memory, limits: tf.Tensor, choose: Choose
) -> Hypotheses:
    """Choose an id for every row until all have ended.

    Args:
        config: what a hypothesis may contain.
        memory: what the translator encoded, N rows.
        limits: int32 [N], the most ids for each row.
        choose: the strategy.

    Returns:
        Hypotheses of [N, 1]: one for each row.
    """
    count = tf.shape(limits)[0]
    walkers = Walkers(
        row=tf.range(count),
        limit=limits,
        history=tf.fill([count, 1], BEGIN),
        memory=memory,
        state=translator.start(memory),
    )
    track = Track(
        ids=tf.TensorArray(tf.int32, size=0, dynamic_size=True),
        attention=tf.TensorArray(tf.float32, size=0, dynamic_size=True),
        scores=tf.zeros([count]),
    )

    def advance(step, walkers, track):
        return step + 1, *_advance(config, translator, choose, step, walkers, track)

    _, _, track = tf.while_loop(
        lambda step, walkers, track: (step == 0) | (tf.size(walkers.row) > 0),
        advance,
        (tf.constant(0), walkers, track),
        shape_invariants=(
            tf.TensorShape([]),
            rows.loose(walkers)._replace(history=tf.TensorShape([None, None])),
            Track(tf.TensorShape(None), tf.TensorShape(None), track.scores.shape),
        ),
    )
    return _hypotheses(track)


def _advance(config, translator, choose, step, walkers, track):
    previous = walkers.history[:, -1]
    logits, state, attention = translator.step(previous, walkers.state, walkers.memory)
    logits = tf.cast(logits, tf.float32)
    allowed = without_repeats(logits, walkers.history, config.no_repeat_ngram)
    vocabulary = tf.range(translator.vocabulary)
    barred = forbidden(vocabulary, step + 1, config.minimum_length)
    allowed += tf.where(barred, -float("inf"), 0.0)
    ids = choose(allowed, step, walkers.row)
    scores = tf.gather(allowed, ids, batch_dims=1) - tf.reduce_logsumexp(logits, axis=1)
    stuck = ~tf.math.is_finite(scores)  # nothing is allowed, or the model gives NaN
    ids = tf.where(stuck, PAD, ids)

    track = _record(track, step, walkers.row, ids, scores, tf.cast(attention, tf.float32))
    walkers = walkers._replace(history=tf.concat([walkers.history, ids[:, None]], 1), state=state)
    ended = (ids == END) | stuck | (step + 1 >= walkers.limit)
    walkers = tf.cond(
        tf.reduce_any(ended),
        lambda: rows.take(walkers, tf.where(~ended)[:, 0]),
        lambda: walkers,
    )
    return walkers, track


def _record(track, step, row, ids, scores, attention):
    place = row[:, None]
    count = tf.shape(track.scores)
    return Track(
        ids=track.ids.write(step, tf.scatter_nd(place, ids, count)),
        attention=track.attention.write(
            step,
            tf.scatter_nd(place, attention, tf.concat([count, tf.shape(attention)[1:]], 0)),
        ),
        scores=tf.tensor_scatter_nd_add(track.scores, place, scores),
    )


def _hypotheses(track):
    ids = tf.transpose(track.ids.stack())[:, None]
    attention = tf.transpose(track.attention.stack(), [1, 0, 2])[:, None]
    return Hypotheses(
        ids=ids,
        lengths=tf.math.count_nonzero(ids, axis=-1, dtype=tf.int32),
        scores=track.scores[:, None],
        attention=attention,
    )
