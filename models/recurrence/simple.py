"""The simple (Elman) cell."""

from typing import NamedTuple

import tensorflow as tf

from models.recurrence.cell import AnalyticCell, Blocks

LEAK = 0.2


class SimpleCell(AnalyticCell):
    """h_t = φ(x_t W_x + h_{t-1} W_h + b), with φ tanh, relu or leaky_relu (Elman 1990).

    Backward. Write a_t for the pre-activation, so h_t = φ(a_t), and δ_t = ∂L/∂h_t for the total
    gradient at step t: what the loss takes from h_t itself and what comes back from step t+1. By
    the chain rule through φ, which is element-wise,

        d_t = ∂L/∂a_t = δ_t ⊙ φ'(a_t).

    a_t depends on h_{t-1}, x_t, W_h, W_x and b, and is linear in each; hence

        δ_{t-1} = ∂L_{t-1}/∂h_{t-1} + d_t W_hᵀ        ∂L/∂x_t = d_t W_xᵀ
        ∂L/∂W_h = Σ_t h_{t-1}ᵀ d_t                    ∂L/∂W_x = Σ_t x_tᵀ d_t      ∂L/∂b = Σ_t d_t

    and a sum over t of outer products is one matrix product of the steps laid below each other.
    Each φ here gives away its derivative by its value, so h_t is all that is kept:

        tanh'(a) = 1 - h²      relu'(a) = [h > 0]      leaky_relu'(a) = 1 if h > 0 else 0.2
    """

    class Weights(NamedTuple):
        kernel: tf.Tensor  # W_x [E, H]
        recurrent_kernel: tf.Tensor  # W_h [H, H]
        bias: tf.Tensor  # b [H]

    class State(NamedTuple):
        h: tf.Tensor  # [B, H]

    class Kept(NamedTuple):
        pass

    class Derivatives(NamedTuple):
        activation: tf.Tensor  # φ'(a_t) [N, H]

    activations = ("tanh", "relu", "leaky_relu")
    kept_widths = ()

    def weights(self, inputs, units):
        return self.Weights(
            kernel=Blocks((inputs, units), ("kernel",)),
            recurrent_kernel=Blocks((units, units), ("recurrent",)),
            bias=Blocks((units,), ("zeros",)),
        )

    def advance(self, weights, projected, recurrent, state):
        return self.State(_VALUE[self.activation](projected + recurrent)), self.Kept()

    def derivatives(self, kept, previous, state):
        return self.Derivatives(_DERIVATIVE[self.activation](state.h))

    def deltas(self, derivatives, gradient):
        return gradient.h * derivatives.activation

    def retreat(self, derivatives, gradient, returned):
        return self.State(returned)

    def weight_gradients(self, derivatives, gradient, inputs, hidden):
        deltas = self.deltas(derivatives, gradient)
        return self.Weights(
            kernel=tf.matmul(inputs, deltas, transpose_a=True),
            recurrent_kernel=tf.matmul(hidden, deltas, transpose_a=True),
            bias=tf.reduce_sum(deltas, axis=0),
        ), deltas


_VALUE = {
    "tanh": tf.tanh,
    "relu": tf.nn.relu,
    "leaky_relu": lambda a: tf.maximum(a, LEAK * a),
}
# φ' as a function of the value h = φ(a).
_DERIVATIVE = {
    "tanh": lambda h: 1 - tf.square(h),
    "relu": lambda h: tf.cast(h > 0, h.dtype),
    "leaky_relu": lambda h: tf.where(h > 0, tf.ones_like(h), LEAK * tf.ones_like(h)),
}
