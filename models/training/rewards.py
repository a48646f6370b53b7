"""What a translation is worth: sentence BLEU or chrF against the reference."""

from collections.abc import Callable

import numpy as np
import sacrebleu
import tensorflow as tf

from foundation.errors import UserError
from foundation.vocabulary import END, PAD

Detokenise = Callable[[tf.Tensor], tf.Tensor]
"""Ids [N, T] to texts, string [N], in the graph."""

Reward = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""(ids [N, T], reference ids [N, U]) to rewards from 0 to 1, float32 [N]."""


def build_reward(kind: str, detokenise: Detokenise | None = None) -> Reward:
    """The reward of that name.

    Without ``detokenise`` an id counts as a word of BLEU.

    Raises:
        UserError: chrF compares letters, so it needs ``detokenise``.
    """
    if kind == "chrf" and detokenise is None:
        raise UserError(
            "training.objective.reward: chrf compares letters, and there is no detokeniser here: "
            "use bleu."
        )
    score = {"bleu": _bleu if detokenise else _bleu_of_words, "chrf": _chrf}[kind]
    texts = detokenise or _words

    def text(ids):
        return texts(tf.cast(ids, tf.int64))

    def scores(hypotheses, references):
        pairs = zip(hypotheses, references, strict=True)
        return np.array([score(h.decode(), r.decode()) for h, r in pairs], np.float32)

    def reward(ids: tf.Tensor, reference_ids: tf.Tensor) -> tf.Tensor:
        found = tf.numpy_function(scores, [text(ids), text(reference_ids)], tf.float32)
        return tf.ensure_shape(found, [None])

    return reward


def _words(ids: tf.Tensor) -> tf.Tensor:
    """The ids of each row as numbers between spaces, up to END."""
    real = (ids != PAD) & (ids != END)
    ragged = tf.ragged.boolean_mask(tf.strings.as_string(ids), real)
    return tf.strings.reduce_join(ragged, axis=1, separator=" ")


# Effective order leaves out the n-grams that a short sentence cannot have; the default smoothing
# of sacreBLEU's sentence score, exponential, keeps one missing 4-gram from meaning 0.
_BLEU = sacrebleu.BLEU(effective_order=True)
_BLEU_OF_WORDS = sacrebleu.BLEU(effective_order=True, tokenize="none")
_CHRF = sacrebleu.CHRF()


def _bleu(hypothesis: str, reference: str) -> float:
    return _BLEU.sentence_score(hypothesis, [reference]).score / 100


def _bleu_of_words(hypothesis: str, reference: str) -> float:
    return _BLEU_OF_WORDS.sentence_score(hypothesis, [reference]).score / 100


def _chrf(hypothesis: str, reference: str) -> float:
    return _CHRF.sentence_score(hypothesis, [reference]).score / 100
