"""The long short-term memory."""

from typing import NamedTuple

import tensorflow as tf

from models.recurrence.cell import AnalyticCell, Blocks


class LSTMCell(AnalyticCell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997) that can forget (Gers et al. 2000).

        o_t = sigmoid(x_t W_xo + h_{t-1} W_ho + b_o)           output gate
        i_t = sigmoid(x_t W_xi + h_{t-1} W_hi + b_i)           input gate
        f_t = sigmoid(x_t W_xf + h_{t-1} W_hf + b_f)           forget gate
        g_t = tanh(x_t W_xg + h_{t-1} W_hg + b_g)              candidate
        c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
        h_t = o_t ⊙ tanh(c_t)

    The blocks lie side by side as [o i f g]. b_f starts at 1, so that the cell remembers before it
    has learnt to (Jozefowicz et al. 2015).

    Backward. Let δ_t = ∂L/∂h_t and ε_t = ∂L/∂c_t be the total gradients at step t. c_t acts on the
    loss through c_{t+1} and through h_t:

        ε_t = ε_{t+1} ⊙ f_{t+1} + δ_t ⊙ o_t ⊙ (1 - tanh²(c_t))

    With sigmoid' = sigmoid (1 - sigmoid) and tanh' = 1 - tanh² the deltas at the pre-activations
    are

        d_o = δ_t ⊙ tanh(c_t) ⊙ o_t ⊙ (1 - o_t)        d_f = ε_t ⊙ c_{t-1} ⊙ f_t ⊙ (1 - f_t)
        d_i = ε_t ⊙ g_t ⊙ i_t ⊙ (1 - i_t)              d_g = ε_t ⊙ i_t ⊙ (1 - g_t²)

    so every delta is δ_t or ε_t times a coefficient that the forward pass has fixed. With
    d_t = [d_o d_i d_f d_g],

        δ_{t-1} = ∂L_{t-1}/∂h_{t-1} + d_t W_hᵀ         ∂L/∂x_t = d_t W_xᵀ
        ∂L/∂W_h = Σ_t h_{t-1}ᵀ d_t                     ∂L/∂W_x = Σ_t x_tᵀ d_t      ∂L/∂b = Σ_t d_t
    """

    class Weights(NamedTuple):
        kernel: tf.Tensor  # W_x [E, 4H]
        recurrent_kernel: tf.Tensor  # W_h [H, 4H]
        bias: tf.Tensor  # b [4H]

    class State(NamedTuple):
        h: tf.Tensor  # [B, H]
        c: tf.Tensor  # [B, H]

    class Kept(NamedTuple):
        gates: tf.Tensor  # o_t, i_t and f_t [N, 3H]
        candidate: tf.Tensor  # g_t [N, H]

    class Derivatives(NamedTuple):
        carry: tf.Tensor  # ∂c_t/∂c_{t-1} = f_t [N, H]
        output: tf.Tensor  # ∂h_t/∂c_t [N, H]
        gates: tf.Tensor  # the coefficients of d_o, d_i, d_f and d_g [N, 4H]

    kept_widths = (3, 1)

    def weights(self, inputs, units):
        return self.Weights(
            kernel=Blocks((inputs, units), ("kernel",) * 4),
            recurrent_kernel=Blocks((units, units), ("recurrent",) * 4),
            bias=Blocks((units,), ("zeros", "zeros", "ones", "zeros")),
        )

    def advance(self, weights, projected, recurrent, state):
        units = state.h.shape[-1]
        activations = projected + recurrent
        gates = tf.sigmoid(activations[:, : 3 * units])
        candidate = tf.tanh(activations[:, 3 * units :])
        output, enter, forget = tf.split(gates, 3, axis=1)
        memory = forget * state.c + enter * candidate
        return self.State(output * tf.tanh(memory), memory), self.Kept(gates, candidate)

    def gates(self, kept):
        output, enter, forget = tf.split(kept.gates, 3, axis=1)
        return {"forget": forget, "input": enter, "output": output}

    def derivatives(self, kept, previous, state):
        output, enter, forget = tf.split(kept.gates, 3, axis=1)
        squashed = tf.tanh(state.c)
        gates = [
            squashed * output * (1 - output),
            kept.candidate * enter * (1 - enter),
            previous.c * forget * (1 - forget),
            enter * (1 - tf.square(kept.candidate)),
        ]
        return self.Derivatives(
            carry=forget,
            output=output * (1 - tf.square(squashed)),
            gates=tf.concat(gates, axis=1),
        )

    def deltas(self, derivatives, gradient):
        memory = self._memory(derivatives, gradient)
        spread = tf.concat([gradient.h, memory, memory, memory], axis=1)
        return spread * derivatives.gates

    def retreat(self, derivatives, gradient, returned):
        return self.State(returned, self._memory(derivatives, gradient) * derivatives.carry)

    def weight_gradients(self, derivatives, gradient, inputs, hidden):
        deltas = self.deltas(derivatives, gradient)
        return self.Weights(
            kernel=tf.matmul(inputs, deltas, transpose_a=True),
            recurrent_kernel=tf.matmul(hidden, deltas, transpose_a=True),
            bias=tf.reduce_sum(deltas, axis=0),
        ), deltas

    @staticmethod
    def _memory(derivatives, gradient):
        """ε_t; the gradient that is handed in holds what step t+1 sends, ε_{t+1} ⊙ f_{t+1}."""
        return gradient.c + gradient.h * derivatives.output
