"""The gated recurrent unit, with the reset gate after the recurrent product."""

from typing import NamedTuple

import tensorflow as tf

from models.recurrence.cell import AnalyticCell, Blocks


class GRUCell(AnalyticCell):
    """Gated recurrent unit (Cho et al. 2014), in the reset-after form that cuDNN computes too.

        z_t = sigmoid(x_t W_xz + h_{t-1} W_hz + b_z)           update gate
        r_t = sigmoid(x_t W_xr + h_{t-1} W_hr + b_r)           reset gate
        m_t = h_{t-1} W_hn + b_m                               memory offered to the candidate
        n_t = tanh(x_t W_xn + b_n + r_t ⊙ m_t)                 candidate
        h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ n_t

    The blocks of W_x = [z r n], W_h = [z r n] and b = [z r n] lie side by side; b_m is apart,
    because the other gates would only add it to b.

    Backward. Let δ_t = ∂L/∂h_t be the total gradient at step t. From the last line,

        ∂h_t/∂z_t = h_{t-1} - n_t        ∂h_t/∂n_t = 1 - z_t        ∂h_t/∂h_{t-1} = z_t (direct)

    With sigmoid' = sigmoid (1 - sigmoid), tanh' = 1 - tanh² and the third and fourth line, the
    deltas at what goes into the non-linearities (z, r, n) and at the recurrent product (m) are

        d_z = δ_t ⊙ (h_{t-1} - n_t) ⊙ z_t ⊙ (1 - z_t)
        d_n = δ_t ⊙ (1 - z_t) ⊙ (1 - n_t²)
        d_r = d_n ⊙ m_t ⊙ r_t ⊙ (1 - r_t)
        d_m = d_n ⊙ r_t

    so every delta is δ_t times a coefficient c that the forward pass has fixed. W_x sees
    d^x_t = [d_z d_r d_n], W_h sees d^h_t = [d_z d_r d_m]; hence

        δ_{t-1} = ∂L_{t-1}/∂h_{t-1} + δ_t ⊙ z_t + d^h_t W_hᵀ      ∂L/∂x_t = d^x_t W_xᵀ
        ∂L/∂W_h = Σ_t h_{t-1}ᵀ d^h_t      ∂L/∂b   = Σ_t d^x_t
        ∂L/∂W_x = Σ_t x_tᵀ d^x_t          ∂L/∂b_m = Σ_t d_m
    """

    class Weights(NamedTuple):
        kernel: tf.Tensor  # W_x [E, 3H]
        recurrent_kernel: tf.Tensor  # W_h [H, 3H]
        bias: tf.Tensor  # b [3H]
        memory_bias: tf.Tensor  # b_m [H]

    class State(NamedTuple):
        h: tf.Tensor  # [B, H]

    class Kept(NamedTuple):
        gates: tf.Tensor  # z_t and r_t [N, 2H]
        memory: tf.Tensor  # m_t [N, H]
        candidate: tf.Tensor  # n_t [N, H]

    class Derivatives(NamedTuple):
        carry: tf.Tensor  # z_t [N, H]
        gates: tf.Tensor  # c_z, c_r and c_m [N, 3H]
        candidate: tf.Tensor  # c_n [N, H]

    kept_widths = (2, 1, 1)

    def weights(self, inputs, units):
        return self.Weights(
            kernel=Blocks((inputs, units), ("kernel",) * 3),
            recurrent_kernel=Blocks((units, units), ("recurrent",) * 3),
            bias=Blocks((units,), ("zeros",) * 3),
            memory_bias=Blocks((units,), ("zeros",)),
        )

    def advance(self, weights, projected, recurrent, state):
        units = state.h.shape[-1]
        gates = tf.sigmoid(projected[:, : 2 * units] + recurrent[:, : 2 * units])
        update, reset = tf.split(gates, 2, axis=1)
        memory = tf.nn.bias_add(recurrent[:, 2 * units :], weights.memory_bias)
        candidate = tf.tanh(projected[:, 2 * units :] + reset * memory)
        hidden = update * state.h + (1 - update) * candidate
        return self.State(hidden), self.Kept(gates, memory, candidate)

    def gates(self, kept):
        update, reset = tf.split(kept.gates, 2, axis=1)
        return {"update": update, "reset": reset}

    def derivatives(self, kept, previous, state):
        update, reset = tf.split(kept.gates, 2, axis=1)
        candidate = (1 - update) * (1 - tf.square(kept.candidate))
        memory = candidate * reset
        gates = [
            (previous.h - kept.candidate) * update * (1 - update),
            memory * kept.memory * (1 - reset),
            memory,
        ]
        return self.Derivatives(update, tf.concat(gates, axis=1), candidate)

    def deltas(self, derivatives, gradient):
        return tf.tile(gradient.h, [1, 3]) * derivatives.gates

    def retreat(self, derivatives, gradient, returned):
        return self.State(gradient.h * derivatives.carry + returned)

    def weight_gradients(self, derivatives, gradient, inputs, hidden):
        units = hidden.shape[-1]
        recurrent_deltas = self.deltas(derivatives, gradient)
        candidate_deltas = gradient.h * derivatives.candidate
        deltas = tf.concat([recurrent_deltas[:, : 2 * units], candidate_deltas], axis=1)
        return self.Weights(
            kernel=tf.matmul(inputs, deltas, transpose_a=True),
            recurrent_kernel=tf.matmul(hidden, recurrent_deltas, transpose_a=True),
            bias=tf.reduce_sum(deltas, axis=0),
            memory_bias=tf.reduce_sum(recurrent_deltas[:, 2 * units :], axis=0),
        ), deltas
