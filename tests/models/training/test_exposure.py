"""The exposure report against a walk by hand."""

import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN
from models.training.exposure import free_running, measure_exposure
from tests.models.training.tiny import tiny_translator

BATCHES = [
    (tf.constant([[4, 5, 3], [6, 3, 0]], tf.int64), tf.constant([[5, 4, 3], [6, 3, 0]], tf.int64)),
    (tf.constant([[7, 8, 3]], tf.int64), tf.constant([[8, 7, 6, 5, 3]], tf.int64)),
]


def by_hand(translator):
    """Counts [3, 5] of forced hits, free hits and tokens, one step at a time."""
    counts = np.zeros((3, 5))
    for sources, targets in BATCHES:
        for source, target in zip(sources.numpy(), targets.numpy(), strict=True):
            memory = translator.encode(tf.constant(source[None]))
            for kind in (0, 1):
                state, previous = translator.start(memory), BEGIN
                for position, wanted in enumerate(target[target != 0]):
                    logits, state, _ = translator.step(
                        tf.constant([previous], tf.int64), state, memory
                    )
                    chosen = int(np.argmax(logits[0]))
                    counts[kind, position] += chosen == wanted
                    previous = wanted if kind == 0 else chosen
            counts[2, : (target != 0).sum()] += 1
    return counts


def test_the_report():
    for seed in range(3):
        translator = tiny_translator(seed=seed)
        forced, free, tokens = by_hand(translator)
        found = measure_exposure(translator, BATCHES)
        np.testing.assert_array_equal(found.tokens, [3, 3, 2, 1, 1])
        np.testing.assert_allclose(found.forced, forced / tokens)
        np.testing.assert_allclose(found.free, free / tokens)
        assert np.isclose(found.mean, (forced - free).sum() / tokens.sum())


def test_the_first_position_has_no_exposure_bias():
    assert measure_exposure(tiny_translator(seed=1), BATCHES).by_position[0] == 0


def test_running_free_goes_on_beyond_end():
    assert free_running(tiny_translator(), BATCHES[0][0], 9).shape == (2, 9)
