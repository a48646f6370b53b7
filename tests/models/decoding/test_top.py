import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from models.decoding.top import top


@settings(max_examples=80, deadline=None)
@given(
    size=st.integers(1, 3000),
    count=st.integers(1, 12),
    distinct=st.sampled_from([1, 3, 200, 2000, 10**6]),
    seed=st.integers(0, 10**6),
)
def test_it_is_a_stable_sort_cut_off(size, count, distinct, seed):
    count = min(count, size)
    drawn = np.random.default_rng(seed).integers(0, distinct, size=(3, size))
    values = np.where(drawn == 0, -np.inf, drawn).astype(np.float32)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    best, places = top(tf.constant(values), count)
    np.testing.assert_array_equal(places, order)
    np.testing.assert_array_equal(best, np.take_along_axis(values, order, axis=1))
