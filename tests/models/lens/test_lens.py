"""A look at whole translators."""

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.lens.lens import look
from models.translator import build_translator

SOURCE = tf.constant([[5, 6, 7, 3], [8, 3, 0, 0]], tf.int64)
INPUT = tf.constant([[2, 9, 5], [2, 6, 3]], tf.int64)
TARGET = tf.constant([[9, 5, 3], [6, 3, 0]], tf.int64)


def _translator(**settings):
    model = ModelConfig.model_validate({"units": 4, "embedding": 4, **settings})
    return build_translator(TranslatorSpec(model=model, source_vocabulary=12, target_vocabulary=12))


def _loss(translator, probes) -> float:
    """The total cross-entropy of real target tokens, from log-probabilities."""
    logits = translator((SOURCE, INPUT), probes=probes).numpy().astype(np.float64)
    logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    chosen = np.take_along_axis(logs, TARGET.numpy()[..., np.newaxis], -1)[..., 0]
    return -chosen[TARGET.numpy() != 0].sum()


@pytest.mark.parametrize("cell", ["simple", "gru", "lstm"])
def test_every_layer_is_seen_to_its_longest_sentence(cell):
    looks = look(_translator(cell=cell), SOURCE, TARGET)
    assert set(looks) == {"encoder/0/forward", "encoder/0/backward", "decoder/0"}
    assert {name: len(found.profile.norms) for name, found in looks.items()} == {
        "encoder/0/forward": 4,
        "encoder/0/backward": 4,
        "decoder/0": 3,
    }
    np.testing.assert_array_equal(looks["decoder/0"].profile.tokens, [2, 2, 1])
    assert all(name in found.verdict.sentence for name, found in looks.items())


def test_the_gradient_is_that_of_the_summed_cross_entropy():
    """Against central differences: the tape's scan adds the probe to the state."""
    translator = _translator(gradient="autodiff")
    found = look(translator, SOURCE, TARGET)["decoder/0"].profile
    zeros = translator.probes(SOURCE, INPUT)
    slopes = np.zeros(zeros["decoder/0"].shape)
    for place in np.ndindex(slopes.shape):
        moved = np.zeros(slopes.shape, np.float32)
        moved[place] = 1e-2
        up, down = (
            _loss(translator, zeros | {"decoder/0": tf.constant(sign * moved)}) for sign in (1, -1)
        )
        slopes[place] = (up - down) / 2e-2
    norms = np.linalg.norm(slopes, axis=-1)
    expected = [(norms[0, 2] + norms[1, 1]) / 2, (norms[0, 1] + norms[1, 0]) / 2, norms[0, 0]]
    np.testing.assert_allclose(found.norms, expected, rtol=1e-2)


def test_a_model_without_recurrence_shows_nothing():
    assert look(_translator(family="transformer", transformer={"heads": 2}), SOURCE, TARGET) == {}
