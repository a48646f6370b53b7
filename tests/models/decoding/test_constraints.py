import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding.constraints import forbidden, without_repeats
from tests.models.decoding.machines import repeats


def test_padding_and_begin_are_never_allowed_and_end_from_the_minimum_on():
    ids = tf.range(6)
    for length, expected in ((1, {PAD, BEGIN, END}), (2, {PAD, BEGIN, END}), (3, {PAD, BEGIN})):
        assert set(tf.where(forbidden(ids, length, minimum_length=3))[:, 0].numpy()) == expected


def allowed(history, size, vocabulary=8):
    """The ids that may follow, and proof that their logits are left alone."""
    logits = np.random.default_rng(0).normal(size=(len(history), vocabulary)).astype(np.float32)
    history = tf.constant(np.asarray(history, np.int32).reshape(len(history), -1))
    constrained = without_repeats(tf.constant(logits), history, size).numpy()
    left = np.isfinite(constrained)
    np.testing.assert_array_equal(constrained[left], logits[left])
    return [set(np.flatnonzero(row)) for row in left]


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 4),
    histories=st.integers(0, 9).flatmap(
        lambda length: st.lists(
            st.lists(st.integers(4, 7), min_size=length, max_size=length), min_size=1, max_size=3
        )
    ),
)
def test_exactly_the_ids_that_would_repeat_an_ngram_are_forbidden(size, histories):
    # A history that repeats already cannot come about; what may follow one is of no interest.
    histories = [ids for ids in histories if not repeats(ids, size)]
    if histories:
        expected = [{i for i in range(8) if not repeats([*ids, i], size)} for ids in histories]
        assert allowed(histories, size) == expected
