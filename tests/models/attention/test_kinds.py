"""Every kind of attention against NumPy that goes pair by pair."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from models.attention import attentions
from tests.models.attention.numpy_reference import attention as reference

B, T, S, H, C, A = 3, 4, 5, 6, 6, 8
MASK = np.array([[True] * 5, [True, True, False, False, False], [False] * 5])


@pytest.fixture
def states():
    random = np.random.default_rng(3)
    return random.normal(size=(B, T, H)), random.normal(size=(B, S, C))


def look(layer, queries, values, mask=MASK):
    """The layer's contexts and weights in float64, with all weights drawn anew."""
    queries, values = tf.constant(queries), tf.constant(values)
    random = np.random.default_rng(4)
    layer(queries, layer.see(values, values[:, 0]), tf.constant(mask))
    for variable in layer.weights:
        variable.assign(random.normal(size=variable.shape))
    contexts, weights = layer(queries, layer.see(values, values[:, 0]), tf.constant(mask))
    return contexts.numpy(), weights.numpy()


def made(name, **settings):
    return attentions[name](A, dtype="float64", **settings)


@pytest.fixture(autouse=True)
def _float64():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(policy)


def parts(layer):
    """The weights by the last two parts of their names, such as "keys/kernel"."""
    return {"/".join(weight.path.split("/")[-2:]): weight.numpy() for weight in layer.weights}


def additive(weights):
    w_q, w_k = weights["queries/kernel"], weights["keys/kernel"]
    bias, v = weights.get("keys/bias", 0.0), weights["scorer"]
    return lambda query, value: v @ np.tanh(query @ w_q + value @ w_k + bias)


def luong_concat(weights):
    both = np.concatenate([weights["queries/kernel"], weights["keys/kernel"]])
    v = weights["scorer"]
    return lambda query, value: v @ np.tanh(np.concatenate([query, value]) @ both)


def dot(weights):
    return lambda query, value: query @ value


def general(weights):
    return lambda query, value: query @ weights["keys/kernel"].T @ value


def scaled_dot(weights):
    w_q, w_k = weights["queries/kernel"], weights["keys/kernel"]
    return lambda query, value: (query @ w_q) @ (value @ w_k) / np.sqrt(A)


@pytest.mark.parametrize(
    ("name", "energy"),
    [
        ("additive", additive),
        ("concat", luong_concat),
        ("dot", dot),
        ("scaled_dot", scaled_dot),
    ],
)
def test_energies(name, energy, states):
    layer = made(name)
    contexts, weights = look(layer, *states)
    scorer = {"scorer": layer.scorer.numpy()[:, 0]} if hasattr(layer, "scorer") else {}
    expected = reference(energy(parts(layer) | scorer), *states, MASK)
    np.testing.assert_allclose(weights, expected[1], atol=1e-12)
    np.testing.assert_allclose(contexts, expected[0], atol=1e-12)


def test_general(states):
    layer = attentions["general"](H, dtype="float64")
    contexts, weights = look(layer, *states)
    kernel = parts(layer)["keys/kernel"]
    expected = reference(lambda query, value: query @ (kernel.T @ value), *states, MASK)
    np.testing.assert_allclose(weights, expected[1], atol=1e-12)
    np.testing.assert_allclose(contexts, expected[0], atol=1e-12)


def test_multi_head(states):
    layer = made("multi_head", heads=2)
    contexts, weights = look(layer, *states)
    kernels = parts(layer)
    queries, values = states
    expected_weights, joined = np.zeros((B, T, S)), []
    for columns in (slice(0, A // 2), slice(A // 2, A)):
        w_q, w_k, w_v = (
            kernels[f"{part}/kernel"][:, columns] for part in ("queries", "keys", "values")
        )
        scale = np.sqrt(A // 2)
        _, of_head = reference(
            lambda query, value, q=w_q, k=w_k, scale=scale: (query @ q) @ (value @ k) / scale,
            queries,
            values,
            MASK,
        )
        joined.append(np.einsum("bts,bsd->btd", of_head, values @ w_v))
        expected_weights += of_head / 2
    expected = np.concatenate(joined, -1) @ kernels["context/kernel"]
    np.testing.assert_allclose(weights, expected_weights, atol=1e-12)
    np.testing.assert_allclose(contexts, expected, atol=1e-12)


def test_none_sees_the_last_state_at_every_step(states):
    queries, values = states
    contexts, weights = look(made("none"), queries, values)
    np.testing.assert_array_equal(contexts, np.repeat(values[:, :1], T, axis=1))
    np.testing.assert_array_equal(weights, np.zeros((B, T, S)))


@pytest.mark.parametrize("name", sorted(set(attentions.names) - {"none"}))
def test_weights_sum_to_1_and_are_0_on_padding(name, states):
    layer = attentions[name](H, dtype="float64")
    contexts, weights = look(layer, *states)
    assert not weights[~np.broadcast_to(MASK[:, None], weights.shape)].any()
    sums = np.broadcast_to(MASK.any(1)[:, None].astype(float), (B, T))
    np.testing.assert_allclose(weights.sum(-1), sums, atol=1e-12)
    np.testing.assert_array_equal(contexts[2], 0.0)
