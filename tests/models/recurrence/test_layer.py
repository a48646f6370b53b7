"""The layer: its variables, its calls, its formats and its export."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from foundation.errors import UserError
from models.recurrence import Recurrent, cells

OWN_CELL = "tests.models.recurrence.own_cell:MinimalGatedUnit"
each_cell = pytest.mark.parametrize("cell", [*cells.names, OWN_CELL])


def _inputs(batch=3, length=6, width=4):
    return tf.constant(np.random.default_rng(0).standard_normal((batch, length, width)), tf.float32)


def _built(**settings):
    keras.utils.set_random_seed(1)
    layer = Recurrent(8, **settings)
    layer.build((None, None, 4))
    return layer


@each_cell
def test_calls(cell):
    layer = _built(cell=cell)
    mask = tf.sequence_mask([6, 2, 4], 6)
    outputs, state = layer(_inputs(), mask=mask)
    assert outputs.shape == (3, 6, 8)
    assert {part.shape for part in state} == {(3, 8)}
    np.testing.assert_array_equal(state.h, outputs[:, -1])
    np.testing.assert_array_equal(state.h[1], outputs[1, 1])
    assert layer.state_sizes == type(state)(*[8] * len(state))


@each_cell
def test_steps_equal_the_scan(cell):
    layer = _built(cell=cell)
    inputs = _inputs()
    outputs, final = layer(inputs)
    state = layer.zero_state(3)
    for t in range(6):
        output, state = layer.step(inputs[:, t], state)
        np.testing.assert_allclose(output, outputs[:, t], rtol=1e-6, atol=1e-6)
    for ours, theirs in zip(state, final, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


@each_cell
def test_carries_on_from_a_state(cell):
    layer = _built(cell=cell)
    inputs = _inputs()
    outputs, _ = layer(inputs)
    first, state = layer(inputs[:, :2])
    second, _ = layer(inputs[:, 2:], initial_state=state)
    np.testing.assert_allclose(tf.concat([first, second], 1), outputs, rtol=1e-6, atol=1e-6)


@each_cell
def test_config_makes_the_same_layer(cell):
    layer = _built(cell=cell, reverse=True, kernel_initialiser="he")
    twin = Recurrent.from_config(layer.get_config())
    twin.build((None, None, 4))
    twin.set_weights(layer.get_weights())
    np.testing.assert_array_equal(twin(_inputs())[0], layer(_inputs())[0])
    assert twin.get_config() == layer.get_config()


def test_the_forget_gate_starts_open():
    output, enter, forget, candidate = np.split(_built(cell="lstm").weight_tensors().bias, 4)
    np.testing.assert_array_equal(forget, 1)
    assert not np.any([output, enter, candidate])


@pytest.mark.parametrize(("cell", "gates"), [("simple", 1), ("gru", 3), ("lstm", 4)])
def test_every_gate_is_initialised_by_itself(cell, gates):
    weights = _built(cell=cell).weight_tensors()
    recurrent = np.split(weights.recurrent_kernel, gates, axis=1)
    kernels = np.split(weights.kernel, gates, axis=1)
    for matrix in recurrent:
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(8), atol=1e-6)
    limit = (6 / (4 + 8)) ** 0.5
    for matrix in kernels:
        assert 0.6 * limit < np.abs(matrix).max() <= limit
    for matrices in (recurrent, kernels):
        for one, other in itertools.pairwise(matrices):
            assert not np.allclose(one, other)


def test_the_seed_decides_the_weights():
    first, again = _built(), _built()
    for one, other in zip(first.weight_tensors(), again.weight_tensors(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_recurrent_dropout_has_one_mask_a_sequence():
    layer = _built(cell="simple", recurrent_dropout=0.25, recurrent_initialiser="uniform")
    inputs = _inputs()
    quiet, _ = layer(inputs)
    np.testing.assert_array_equal(layer(inputs, training=False)[0], quiet)
    noisy, _ = layer(inputs, training=True)
    np.testing.assert_array_equal(noisy[:, 0], quiet[:, 0])  # h_0 = 0 has nothing to drop
    assert np.any(noisy != quiet)
    mask = layer.recurrent_mask(500).numpy()
    np.testing.assert_allclose(np.unique(mask), [0, 1 / 0.75], rtol=1e-6)
    assert abs(mask.mean() - 1) < 0.05


@each_cell
def test_mixed_bfloat16(cell):
    layer = _built(cell=cell, dtype="mixed_bfloat16")
    reference = _built(cell=cell)
    reference.set_weights(layer.get_weights())

    def gradients(layer):
        with tf.GradientTape() as tape:
            outputs, state = layer(_inputs(), mask=tf.sequence_mask([6, 2, 4], 6))
            loss = tf.reduce_sum(tf.square(tf.cast(outputs, tf.float32)))
        return outputs, state, tape.gradient(loss, layer.trainable_variables)

    outputs, state, ours = tf.function(gradients)(layer)
    assert outputs.dtype == state.h.dtype == tf.bfloat16
    for gradient, expected in zip(ours, gradients(reference)[2], strict=True):
        assert gradient.dtype == tf.float32
        assert np.linalg.norm(gradient - expected) < 0.05 * np.linalg.norm(expected)


@pytest.mark.parametrize("reverse", [False, True])
@each_cell
def test_exports_its_forward_pass(cell, reverse, tmp_path):
    layer = _built(cell=cell, reverse=reverse)
    archive = keras.export.ExportArchive()
    archive.track(layer)
    archive.add_endpoint(
        "run",
        lambda inputs, mask: layer(inputs, mask=mask)[0],
        input_signature=[tf.TensorSpec([None, None, 4]), tf.TensorSpec([None, None], tf.bool)],
    )
    archive.write_out(tmp_path / "layer", verbose=False)
    mask = tf.sequence_mask([6, 2, 4], 6)
    loaded = tf.saved_model.load(tmp_path / "layer")
    expected, _ = layer(_inputs(), mask=mask)
    np.testing.assert_allclose(loaded.run(_inputs(), mask), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"cell": "transformer"}, "Unknown cell 'transformer': there are gru, lstm, simple"),
        ({"cell": "gru", "activation": "relu"}, "GRUCell has no activation 'relu'"),
        ({"activation": "sine", "cell": "simple"}, "it takes tanh, relu, leaky_relu"),
        ({"gradient": "numeric"}, "Unknown gradient 'numeric': there are analytic, autodiff"),
        ({"kernel_initialiser": "xavier"}, "Unknown initialiser 'xavier': there are glorot"),
    ],
)
def test_unknown_names_are_refused(settings, sentence):
    with pytest.raises(UserError, match=sentence):
        _built(**settings)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 9, 10, 16])
def test_recompute_of_unknown_batch_and_length(length):
    layer = Recurrent(3, recompute=True)
    plain = Recurrent(3)
    for part in (layer, plain):
        part(tf.zeros([1, 2, 4]))
    for ours, theirs in zip(layer.variables, plain.variables, strict=True):
        ours.assign(theirs)

    def gradients(of):
        @tf.function(input_signature=[tf.TensorSpec([None, None, 4])])
        def traced(inputs):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(of(inputs)[0] ** 2)
            return tape.gradient(loss, of.trainable_variables)

        return traced(tf.random.stateless_normal([2, length, 4], [1, length]))

    for ours, theirs in zip(gradients(layer), gradients(plain), strict=True):
        tf.debugging.assert_near(ours, theirs, rtol=1e-5, atol=1e-6)
