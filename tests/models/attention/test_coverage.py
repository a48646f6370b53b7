"""Coverage: the weights of earlier steps shift the keys."""

import numpy as np
import tensorflow as tf

from models.attention import attentions
from models.attention.coverage import Coverage
from tests.models.attention.numpy_reference import softmax_over_real

B, T, S, H = 2, 3, 4, 5
MASK = np.array([[True] * 4, [True, True, False, False]])


def test_against_numpy_step_by_step():
    random = np.random.default_rng(1)
    queries = random.normal(size=(B, T, H)).astype("float32")
    values = random.normal(size=(B, S, H)).astype("float32")
    earlier = random.uniform(size=(B, S, 1)).astype("float32") * MASK[..., None]
    attention, coverage = attentions["dot"](H), Coverage()
    sight = attention.see(tf.constant(values), None)
    contexts, weights, after = coverage.look(
        attention, tf.constant(queries), sight, tf.constant(MASK), tf.constant(earlier)
    )
    shift = coverage.shift.numpy()[0]
    for row in range(B):
        covered = earlier[row, :, 0].copy()
        for time in range(T):
            energies = (values[row] + covered[:, None] * shift) @ queries[row, time]
            expected = softmax_over_real(energies, MASK[row])
            np.testing.assert_allclose(weights[row, time], expected, atol=1e-6)
            np.testing.assert_allclose(contexts[row, time], expected @ values[row], atol=1e-5)
            covered += expected
        np.testing.assert_allclose(after[row, :, 0], covered, atol=1e-5)
