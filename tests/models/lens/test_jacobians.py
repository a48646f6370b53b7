"""Power iteration against NumPy's singular values, and a linear network's known decay."""

import numpy as np
import pytest
import tensorflow as tf

from models.lens import jacobians
from models.lens.hidden_gradients import half_life
from models.lens.jacobians import by_autodiff, textbook_bound

STEPS, ROWS, UNITS = 6, 3, 5

step_norms, product_norms = map(tf.function, (jacobians.step_norms, jacobians.product_norms))


def _network(seed: int):
    random = np.random.default_rng(seed)
    kernel = tf.constant(random.normal(size=[UNITS, UNITS]) * 0.6)
    inputs = tf.constant(random.normal(size=[STEPS, ROWS, UNITS]))

    def step(x, state):
        return tf.tanh(x + state @ kernel)

    states = [tf.zeros([ROWS, UNITS], tf.float64)]
    for t in range(STEPS):
        states.append(step(inputs[t], states[-1]))
    return step, kernel.numpy(), inputs, tf.stack(states)


def _written_out(kernel: np.ndarray, states: np.ndarray) -> np.ndarray:
    """∂h_t/∂h_{t-1} written out, [T, B, H, H], rows are outputs."""
    return (1 - states[1:] ** 2)[..., np.newaxis] * kernel.T


def test_step_norms_are_the_singular_values():
    step, kernel, inputs, states = _network(1)
    expected = np.linalg.norm(_written_out(kernel, states.numpy()), 2, axis=(-2, -1))
    measured = step_norms(by_autodiff(step, inputs, states[:-1]), iterations=400)
    np.testing.assert_allclose(measured, expected, rtol=1e-6)


def test_product_norms_are_those_of_the_products():
    step, kernel, inputs, states = _network(2)
    expected = _written_out(kernel, states.numpy())
    measured = product_norms(by_autodiff(step, inputs, states[:-1]), [1, 3, STEPS], iterations=400)
    for norms, distance in zip(measured, [1, 3, STEPS], strict=True):
        product = np.broadcast_to(np.eye(UNITS), [ROWS, UNITS, UNITS])
        for t in range(STEPS - distance, STEPS):
            product = expected[t] @ product
        np.testing.assert_allclose(norms, np.linalg.norm(product, 2, axis=(-2, -1)), rtol=1e-6)


def test_the_bound_is_above_every_product():
    step, kernel, inputs, states = _network(3)
    distances = np.arange(1, STEPS + 1)
    gamma = (1 - states.numpy() ** 2).max()
    bound = textbook_bound(np.linalg.norm(kernel, 2), gamma, distances)
    measured = product_norms(by_autodiff(step, inputs, states[:-1]), distances, iterations=50)
    assert (measured.numpy() <= bound[:, np.newaxis] * (1 + 1e-12)).all()


@pytest.mark.parametrize("radius", [0.7, 1.0, 1.3])
def test_a_linear_network_decays_by_its_spectral_radius(radius):
    """W_h normal, so that its norm and that of its powers are the spectral radius's powers."""
    rotation, _ = np.linalg.qr(np.random.default_rng(4).normal(size=[UNITS, UNITS]))
    spectrum = radius * np.array([1.0, -0.6, 0.5, 0.3, 0.1])
    kernel = tf.constant(rotation @ np.diag(spectrum) @ rotation.T)
    distances = np.arange(1, 21)
    nothing = tf.zeros([20, 1, UNITS], tf.float64)
    linear = by_autodiff(lambda x, h: x + h @ kernel, nothing, nothing)
    norms = product_norms(linear, distances, 60)[:, 0]
    np.testing.assert_allclose(norms, radius**distances, rtol=1e-6)
    measured = half_life(norms.numpy(), distances)
    expected = float("inf") if radius == 1.0 else -np.log(2) / np.log(radius)
    assert 1 / measured == pytest.approx(1 / expected, abs=1e-6)
