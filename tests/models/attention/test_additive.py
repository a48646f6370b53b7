"""The hand-derived gradient of additive energies."""

import numpy as np
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.additive import additive_energies

sizes = st.integers(1, 5)


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, st.integers(0, 99))
def test_gradient_equals_autodiff(batch, steps, positions, units, seed):
    random = np.random.default_rng(seed)
    inputs = [
        tf.constant(random.normal(size=shape))
        for shape in ((batch, steps, units), (batch, positions, units), (units,))
    ]
    upstream = tf.constant(random.normal(size=(batch, steps, positions)))

    def plain(queries, keys, scorer):
        return tf.einsum("btsa,a->bts", tf.tanh(queries[:, :, None] + keys[:, None]), scorer)

    results = []
    for energies in (additive_energies, plain):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = energies(*inputs)
        results.append((output, *tape.gradient(output, inputs, upstream)))
    for by_hand, by_tape in zip(*results, strict=True):
        np.testing.assert_allclose(by_hand, by_tape, rtol=1e-9, atol=1e-11)
