"""A cell such as a user brings."""

from typing import NamedTuple

import tensorflow as tf

from models.recurrence import Blocks, Cell


class MinimalGatedUnit(Cell):
    """One gate that forgets and resets (Zhou et al. 2016)."""

    class Weights(NamedTuple):
        kernel: tf.Tensor
        recurrent_kernel: tf.Tensor
        bias: tf.Tensor

    class State(NamedTuple):
        h: tf.Tensor

    def weights(self, inputs, units):
        return self.Weights(
            kernel=Blocks((inputs, units), ("kernel",) * 2),
            recurrent_kernel=Blocks((units, units), ("recurrent",) * 2),
            bias=Blocks((units,), ("ones", "zeros")),
        )

    def step(self, weights, inputs, state):
        gate_kernel, kernel = tf.split(weights.kernel, 2, axis=1)
        gate_recurrent, recurrent = tf.split(weights.recurrent_kernel, 2, axis=1)
        gate_bias, bias = tf.split(weights.bias, 2)
        forget = tf.sigmoid(inputs @ gate_kernel + state.h @ gate_recurrent + gate_bias)
        candidate = tf.tanh(inputs @ kernel + (forget * state.h) @ recurrent + bias)
        return self.State((1 - forget) * state.h + forget * candidate)
