import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding.constraints import no_repeat_ngram, specials
from tests.models.decoding.machines import repeats


def allowed(constraint, history, vocabulary=8):
    """The ids that a constraint leaves, and proof that it leaves their logits alone."""
    logits = np.random.default_rng(0).normal(size=(len(history), vocabulary)).astype(np.float32)
    history = np.asarray(history, np.int32).reshape(len(history), -1)
    constrained = constraint(tf.constant(logits), tf.constant(history)).numpy()
    left = np.isfinite(constrained)
    np.testing.assert_array_equal(constrained[left], logits[left])
    return [set(np.flatnonzero(row)) for row in left]


def test_padding_and_begin_are_never_allowed_and_end_from_the_minimum_on():
    everything = set(range(8)) - {PAD, BEGIN}
    constraint = specials(minimum_length=3)
    assert allowed(constraint, [[]]) == [everything - {END}]
    assert allowed(constraint, [[5]]) == [everything - {END}]
    assert allowed(constraint, [[5, 5]]) == [everything]


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
        assert allowed(no_repeat_ngram(size), histories) == expected
