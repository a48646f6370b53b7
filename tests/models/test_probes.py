"""The gradient lens: probes see the total gradient of every recurrent state."""

import numpy as np
import pytest
import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD
from models.config import ModelConfig, TranslatorSpec
from models.translator import build_translator

SOURCE = tf.constant([[4, 5, END], [6, END, PAD]])
INPUTS = tf.constant([[BEGIN, 4], [BEGIN, 7]])


def translator_of(**keys):
    config = ModelConfig.model_validate({"units": 4, "embedding": 3, **keys})
    return build_translator(TranslatorSpec(model=config, source_vocabulary=8, target_vocabulary=8))


def loss_of(translator, probes):
    return tf.reduce_sum(tf.nn.log_softmax(translator((SOURCE, INPUTS), probes=probes))[..., 5])


@pytest.mark.parametrize("input_feeding", [False, True])
def test_a_probe_s_gradient_is_that_of_a_push_on_the_state(input_feeding):
    """At the last step a state has no other way to the loss than through its output, so that
    pushing the layer's output there, with the state, is what a probe measures."""
    translator = translator_of(
        encoder={"layers": 2}, decoder={"layers": 2, "input_feeding": input_feeding}, bridge="mean"
    )
    probes = translator.probes(SOURCE, INPUTS)
    assert sorted(probes) == [
        *("decoder/0", "decoder/1"),
        *("encoder/0/backward", "encoder/0/forward", "encoder/1/backward", "encoder/1/forward"),
    ]
    with tf.GradientTape() as tape:
        tape.watch(probes)
        loss = loss_of(translator, probes)
    gradients = tape.gradient(loss, probes)
    np.testing.assert_allclose(loss, loss_of(translator, None), rtol=1e-6)
    for name, gradient in gradients.items():
        assert gradient.shape == probes[name].shape
        assert np.abs(gradient).max() > 0, name
    assert not gradients["encoder/0/forward"][1, 2].numpy().any()


@pytest.mark.parametrize("gradient", ["analytic", "autodiff"])
def test_input_feeding_agrees_with_finite_differences(gradient):
    """With feeding the probe is added where the state is, so it can be pushed in earnest."""
    translator = translator_of(decoder={"input_feeding": True}, gradient=gradient)
    probes = translator.probes(SOURCE, INPUTS)
    name, place, size = "decoder/0", (0, 0, 1), 1e-2
    with tf.GradientTape() as tape:
        tape.watch(probes)
        loss = loss_of(translator, probes)
    by_tape = tape.gradient(loss, probes)[name][place]

    push = np.zeros(probes[name].shape, np.float32)
    push[place] = size
    up = loss_of(translator, {**probes, name: tf.constant(push)})
    down = loss_of(translator, {**probes, name: tf.constant(-push)})
    np.testing.assert_allclose((up - down) / (2 * size), by_tape, rtol=1e-2, atol=1e-4)


def test_input_feeding_or_not_the_probes_of_a_decoder_agree():
    """A feeding weight of 0 makes the two decoders one, and so their probes' gradients."""
    fed, plain = translator_of(decoder={"input_feeding": True}), translator_of()
    random = np.random.default_rng(2)
    for one, other in zip(fed.trainable_variables, plain.trainable_variables, strict=True):
        values = random.normal(size=one.shape).astype("float32")
        if one.path == "decoder/layer_0/kernel":
            values[other.shape[0] :] = 0.0
        one.assign(values)
        other.assign(values[: other.shape[0]])
    gradients = []
    for translator in (fed, plain):
        probes = translator.probes(SOURCE, INPUTS)
        with tf.GradientTape() as tape:
            tape.watch(probes)
            loss = loss_of(translator, probes)
        gradients.append(tape.gradient(loss, probes))
    for name in gradients[0]:
        np.testing.assert_allclose(gradients[0][name], gradients[1][name], atol=1e-5, err_msg=name)


def test_a_transformer_has_none():
    config = {"family": "transformer", "embedding": 4, "transformer": {"heads": 1}}
    assert translator_of(**config).probes(SOURCE, INPUTS) == {}
