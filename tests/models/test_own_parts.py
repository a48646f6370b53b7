"""The documentation's own cell and attention, named in its YAML."""

import sys

import numpy as np
import pytest
import tensorflow as tf
import yaml

from foundation.vocabulary import BEGIN, END, PAD
from models.config import ModelConfig, TranslatorSpec
from models.translator import build_translator
from tests.models import own_parts


@pytest.fixture
def config(monkeypatch):
    monkeypatch.setitem(sys.modules, "my_parts", own_parts)
    [block] = own_parts.code_blocks("yaml")
    return {"units": 4, "embedding": 4, **yaml.safe_load(block)["model"]}


@pytest.mark.parametrize("extra", [{}, {"coverage": True, "decoder": {"input_feeding": True}}])
def test_the_documented_parts_train_and_decode(config, extra):
    translator = build_translator(
        TranslatorSpec(
            model=ModelConfig.model_validate(config | extra),
            source_vocabulary=8,
            target_vocabulary=8,
        )
    )
    assert type(translator.decoder.attention).__name__ == "NearestAttention"
    source = tf.constant([[4, 5, END], [6, END, PAD]])
    inputs = tf.constant([[BEGIN, 4], [BEGIN, 7]])
    with tf.GradientTape() as tape:
        logits = translator((source, inputs), training=True)
        loss = tf.reduce_sum(tf.nn.log_softmax(logits)[..., 5])
    variables = translator.trainable_variables
    gradients = tape.gradient(loss, [variable.value for variable in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        assert np.abs(tf.convert_to_tensor(gradient)).max() > 0, variable.path

    memory = translator.encode(source)
    state = translator.start(memory)
    for time in range(2):
        step, state, weights = translator.step(inputs[:, time], state, memory)
        np.testing.assert_allclose(step, logits[:, time], atol=1e-5)
        np.testing.assert_allclose(tf.reduce_sum(weights, 1), 1.0, atol=1e-6)
        assert weights[1, 2] == 0


def test_the_documented_cell_in_numpy(config):
    cell = own_parts.ForgetfulCell()
    random = np.random.default_rng(0)
    inputs, hidden = random.normal(size=(2, 3)), random.normal(size=(2, 4))
    kernel, recurrent = random.normal(size=(3, 8)), random.normal(size=(4, 4))
    weights = cell.Weights(
        *(tf.constant(weight) for weight in (kernel, recurrent, np.full(4, 0.5)))
    )
    state = cell.step(
        weights, cell.project(weights, tf.constant(inputs)), cell.State(tf.constant(hidden))
    )
    forget = 1 / (1 + np.exp(-(inputs @ kernel[:, :4] + hidden @ recurrent + 0.5)))
    expected = forget * hidden + (1 - forget) * np.tanh(inputs @ kernel[:, 4:])
    np.testing.assert_allclose(state.h, expected, rtol=1e-12)
