"""A translator from raw text to raw text: the one decode path.

Validation during training, evaluation, and the exported graph all translate through
:class:`TextTranslator`; what is measured is what is served.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from foundation.vocabulary import END, PAD
from models import subwords
from models.decoding import Hypotheses, Search
from models.stored_weights import OwnWeights, Precision, StoredWeights


class SubwordPair(NamedTuple):
    """The serialised SentencePiece models of the two sides (equal bytes when joint)."""

    source: bytes
    target: bytes


class Translations(NamedTuple):
    """N translations of each of B texts, best first.

    text: string, [B, N]
    scores: float32, [B, N], log-probabilities of the pieces, END included
    source_ids: int64, [B, S]
    output_ids: int64, [B, N, T], right padded
    attention: float32, [B, N, T, S], zero on padding
    truncated: bool, [B], the source was longer than the limit and its end was not read
    """

    text: tf.Tensor
    scores: tf.Tensor
    source_ids: tf.Tensor
    output_ids: tf.Tensor
    attention: tf.Tensor
    truncated: tf.Tensor


class TextTranslator(tf.Module):
    """Tokenise, search, detokenise, in one graph of TensorFlow and TF-Text ops.

    Args:
        translator: a model of ``models.translator``
        search: a strategy of ``models.decoding``
        subword_pair: the SentencePiece models
        maximum_source_length: pieces of a source that are read, END included; a longer source
            is cut there and flagged in ``Translations.truncated``
        weights: as what the matrices are stored. float32 are the translator's own variables and
            follow its training; anything else is a copy made now, for an export.
    """

    def __init__(
        self,
        translator: Any,
        search: Search,
        subword_pair: SubwordPair,
        maximum_source_length: int,
        weights: Precision = "float32",
    ):
        super().__init__()
        # tf.Module would track the Keras model, and a tracked Keras model writes each variable
        # twice, which the Session loader of TF Serving cannot read; a function is not tracked.
        self._search = lambda source_ids: search(translator, source_ids)
        self._search_best = lambda source_ids: search.for_the_best()(translator, source_ids)
        self._weights = (
            OwnWeights(translator.variables)
            if weights == "float32"
            else StoredWeights(translator.variables, weights)
        )
        self._subwords = lambda: subword_pair
        self._maximum_source_length = maximum_source_length

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def translate(self, text: tf.Tensor) -> Translations:
        """Translate texts.

        Args:
            text: string, [B], UTF-8

        Returns:
            Translations; a text without pieces, as "" or spaces, is translated to "".
        """
        return self._translate(text, self._search)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def best(self, text: tf.Tensor) -> Translations:
        """The first of ``translate``, in fewer steps.

        Args:
            text: string, [B], UTF-8

        Returns:
            Translations with N = 1, or with every sample of a search that samples.
        """
        return self._translate(text, self._search_best)

    def _translate(
        self, text: tf.Tensor, search: Callable[[tf.Tensor], Hypotheses]
    ) -> Translations:
        source_ids, truncated = self._source_ids(text)
        with self._weights.in_place():
            hypotheses = search(source_ids)
        ids = tf.cast(hypotheses.ids, tf.int64)
        batch, count, length = tf.unstack(tf.shape(ids))
        texts = subwords.detokenise(
            tf.reshape(ids, [batch * count, length]), self._subwords().target
        )
        is_piece = (source_ids != END) & (source_ids != PAD)
        has_pieces = tf.reduce_any(is_piece, axis=1, keepdims=True)
        return Translations(
            text=tf.where(has_pieces, tf.reshape(texts, [batch, count]), ""),
            scores=hypotheses.scores,
            source_ids=source_ids,
            output_ids=ids,
            attention=hypotheses.attention,
            truncated=truncated,
        )

    def source_pieces(self, ids: tf.Tensor) -> tf.Tensor:
        """The source side's pieces, string, the shape of ``ids``."""
        return subwords.pieces(ids, self._subwords().source)

    def target_pieces(self, ids: tf.Tensor) -> tf.Tensor:
        """The target side's pieces, string, the shape of ``ids``."""
        return subwords.pieces(ids, self._subwords().target)

    def _source_ids(self, text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        ragged = subwords.tokenise(text, self._subwords().source)
        limit = self._maximum_source_length
        truncated = ragged.row_lengths() > limit
        ids = ragged[:, :limit].to_tensor()
        # What is cut ends like every other source.
        is_cut = truncated[:, tf.newaxis] & (tf.range(tf.shape(ids)[1]) == limit - 1)
        return tf.where(is_cut, tf.constant(END, tf.int64), ids), truncated
