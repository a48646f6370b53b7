"""A recurrent cell that also sees its state of some steps ago."""

from typing import NamedTuple

import tensorflow as tf

from models.recurrence.cell import Blocks, Cell

REACH = 10


class SkipCell(Cell):
    """h_t = tanh(x_t W_x + h_{t-1} W_h + h_{t-10} W_s + b) (Lin et al. 1996).

    The gradient has a second way back that is ten times shorter.
    """

    class Weights(NamedTuple):
        kernel: tf.Tensor  # W_x [E, H]
        recurrent_kernel: tf.Tensor  # W_h [H, H]
        skip_kernel: tf.Tensor  # W_s [H, H]
        bias: tf.Tensor  # b [H]

    class State(NamedTuple):
        h: tf.Tensor  # h_t [B, H]
        past: tf.Tensor  # h_{t-1} … h_{t-9}, side by side, the oldest last [B, 9·H]

    def weights(self, inputs, units):
        return self.Weights(
            kernel=Blocks((inputs, units), ("kernel",)),
            recurrent_kernel=Blocks((units, units), ("recurrent",)),
            skip_kernel=Blocks((units, units), ("recurrent",)),
            bias=Blocks((units,), ("zeros",)),
        )

    def state_sizes(self, units):
        return self.State(units, (REACH - 1) * units)

    def project(self, weights, inputs):
        return tf.nn.bias_add(tf.matmul(inputs, weights.kernel), weights.bias)

    def step(self, weights, projected, state):
        units = state.h.shape[-1]
        recent = tf.concat([state.h, state.past], axis=-1)
        h = tf.tanh(
            projected
            + tf.matmul(state.h, weights.recurrent_kernel)
            + tf.matmul(recent[:, -units:], weights.skip_kernel)
        )
        return self.State(h, recent[:, :-units])
