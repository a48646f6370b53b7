"""The Transformer's parts against NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.transformer.decoder import causal_mask
from models.transformer.encoder import EncoderLayer
from models.transformer.positions import placed
from models.translator import build_translator

B, S, H, HEADS = 2, 3, 4, 2
MASK = np.array([[True, True, True], [True, True, False]])


def test_positions_count_from_the_start():
    embedded = tf.random.stateless_normal([B, S, H], [1, 2])
    late = placed(embedded, 5)
    expected = np.zeros((S, H))
    for place in range(S):
        for pair in range(H // 2):
            angle = (5 + place) / 10000 ** (2 * pair / H)
            expected[place, pair] = np.sin(angle)
            expected[place, H // 2 + pair] = np.cos(angle)
    np.testing.assert_allclose(late - 2 * embedded, np.stack([expected] * B), atol=1e-5)


def test_a_token_sees_itself_and_all_before():
    mask = causal_mask(tf.constant(2), tf.constant(2))[0, 0].numpy()
    np.testing.assert_array_equal(mask, [[True, True, True, False], [True] * 4])


def normalised(states, norm):
    gamma, beta = norm.get_weights()
    centred = states - states.mean(-1, keepdims=True)
    return centred / np.sqrt(states.var(-1, keepdims=True) + norm.epsilon) * gamma + beta


def self_attention(states, layer):
    queries, keys, values, join = (
        lambda x, dense=dense: x @ dense.kernel.numpy()
        + (dense.bias.numpy() if dense.use_bias else 0.0)
        for dense in (layer.queries, layer.keys, layer.values, layer.join)
    )
    attended = np.zeros_like(states)
    for row, head in np.ndindex(B, HEADS):
        columns = slice(head * H // HEADS, (head + 1) * H // HEADS)
        q, k, v = (project(states[row])[:, columns] for project in (queries, keys, values))
        energies = np.where(MASK[row], q @ k.T / np.sqrt(H / HEADS), -np.inf)
        weights = np.exp(energies) / np.exp(energies).sum(-1, keepdims=True)
        attended[row, :, columns] = weights @ v
    return join(attended)


def feed_forward(states, layer):
    hidden = np.maximum(states @ layer.widen.kernel.numpy() + layer.widen.bias.numpy(), 0)
    return hidden @ layer.narrow.kernel.numpy() + layer.narrow.bias.numpy()


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_an_encoder_layer(norm):
    config = ModelConfig.model_validate(
        {
            "family": "transformer",
            "units": H,
            "embedding": H,
            "transformer": {"heads": HEADS, "feed_forward": 7, "norm": norm},
        }
    )
    layer = EncoderLayer(config)
    random = np.random.default_rng(0)
    states = random.normal(size=(B, S, H)).astype("float32")
    layer(tf.constant(states), tf.constant(MASK))
    for variable in layer.trainable_variables:
        variable.assign(random.normal(size=variable.shape))
    got = layer(tf.constant(states), tf.constant(MASK))

    for residual, change in zip(
        layer.residuals,
        (
            lambda x: self_attention(x, layer.attention),
            lambda x: feed_forward(x, layer.feed_forward),
        ),
        strict=True,
    ):
        if norm == "pre":
            states = states + change(normalised(states, residual.norm))
        else:
            states = normalised(states + change(states), residual.norm)
    np.testing.assert_allclose(got, states, atol=1e-4)


def translator_of(**keys):
    transformer = {"layers": 1, "heads": HEADS, "feed_forward": 7}
    config = ModelConfig.model_validate(
        {"family": "transformer", "units": H, "transformer": transformer, **keys}
    )
    return build_translator(TranslatorSpec(model=config, source_vocabulary=9, target_vocabulary=8))


def test_narrow_embeddings_are_wide_ones_of_low_rank():
    narrow = translator_of(embedding=3, tying="decoder")
    wide = translator_of(embedding=H)
    random = np.random.default_rng(0)
    for variable in narrow.trainable_variables:
        variable.assign(random.normal(size=variable.shape))
    twins = {variable.path: variable for variable in narrow.variables}
    for variable in wide.variables:
        if "table" not in variable.path and variable.path != "output/kernel":
            variable.assign(twins[variable.path])
    tables = [part.source_embedding.table for part in (narrow, wide)]
    tables[1].assign(tables[0] @ narrow.encoder.entrance.kernel)
    tables = [part.target_embedding.table for part in (narrow, wide)]
    tables[1].assign(tables[0] @ narrow.decoder.entrance.kernel)
    wide.output_layer.kernel.assign(narrow.decoder.exit.kernel @ tf.transpose(tables[0]))

    ids = tf.constant([[4, 5, 3], [7, 3, 0]]), tf.constant([[2, 4], [2, 7]])
    np.testing.assert_allclose(narrow(ids), wide(ids), atol=1e-4)
