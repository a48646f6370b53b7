"""Text translators without a model, for `serving.export`."""

from typing import NamedTuple

import tensorflow as tf


class Found(NamedTuple):
    text: tf.Tensor
    scores: tf.Tensor
    source_ids: tf.Tensor
    output_ids: tf.Tensor
    attention: tf.Tensor
    truncated: tf.Tensor


class Echo(tf.Module):
    """Translates a text to itself in upper and in lower case."""

    def translate(self, text):
        length = tf.cast(tf.strings.length(text, "UTF8_CHAR"), tf.int64)
        ids = tf.ragged.range(1, length + 1).to_tensor()
        return Found(
            text=tf.stack([tf.strings.upper(text), tf.strings.lower(text)], axis=1),
            scores=tf.tile([[-1.0, -2.0]], [tf.size(text), 1]),
            source_ids=ids,
            output_ids=tf.stack([ids, ids], axis=1),
            attention=tf.zeros([tf.size(text), 2, tf.shape(ids)[1], tf.shape(ids)[1]]),
            truncated=length > 3,
        )

    best = translate

    def source_pieces(self, ids):
        return tf.strings.as_string(ids)

    def target_pieces(self, ids):
        return tf.strings.join([tf.strings.as_string(ids), "!"])


class PhraseBook(tf.Module):
    """Translates the sentences that it holds.

    Args:
        phrases: translations by source, as many for each.
        pieces: of a source and of its translation; ids are their positions, from 1 on.
    """

    def __init__(self, phrases: dict[str, list[str]], pieces: tuple[list[str], list[str]]):
        super().__init__()
        rows = tf.lookup.KeyValueTensorInitializer(list(phrases), tf.range(len(phrases)))
        self._rows = tf.lookup.StaticHashTable(rows, 0)
        self._translations = tf.constant(list(phrases.values()))
        self._pieces = tuple(tf.constant(["", *side]) for side in pieces)

    def translate(self, text):
        source, target = (
            tf.tile(tf.range(1, tf.size(side), dtype=tf.int64)[tf.newaxis], [tf.size(text), 1])
            for side in self._pieces
        )
        texts = tf.gather(self._translations, self._rows.lookup(text))
        batch, count = tf.unstack(tf.shape(texts))
        return Found(
            text=texts,
            scores=tf.tile([-0.5 - tf.range(count, dtype=tf.float32)], [batch, 1]),
            source_ids=source,
            output_ids=tf.tile(target[:, tf.newaxis], [1, count, 1]),
            attention=tf.fill([batch, count, target.shape[1], source.shape[1]], 0.125),
            truncated=tf.fill([tf.size(text)], False),
        )

    best = translate

    def source_pieces(self, ids):
        return tf.gather(self._pieces[0], ids)

    def target_pieces(self, ids):
        return tf.gather(self._pieces[1], ids)
