"""The recurrent equations once more, in plain NumPy: one step at a time, one gate at a time.

Nothing here is shared with models/recurrence but the order of the gates in the weights. Every
``step`` returns the next state and what ``step_back`` needs; ``step_back`` adds this step's outer
products to the gradient of the weights.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gates_of(matrix, count):
    return np.split(matrix, count, axis=-1)


ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 / np.cosh(a) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: np.where(a > 0, 1.0, 0.0)),
    "leaky_relu": (lambda a: np.where(a > 0, a, 0.2 * a), lambda a: np.where(a > 0, 1.0, 0.2)),
}


class Simple:
    def __init__(self, activation):
        self.value, self.slope = ACTIVATIONS[activation]

    def step(self, weights, x, state):
        (h,) = state
        a = x @ weights["kernel"] + h @ weights["recurrent_kernel"] + weights["bias"]
        return (self.value(a),), (x, h, a)

    def step_back(self, weights, memory, gradient, gradients):
        x, h, a = memory
        d = gradient[0] * self.slope(a)
        gradients["kernel"] += x.T @ d
        gradients["recurrent_kernel"] += h.T @ d
        gradients["bias"] += d.sum(axis=0)
        return d @ weights["kernel"].T, (d @ weights["recurrent_kernel"].T,)


class LSTM:
    def step(self, weights, x, state):
        h, c = state
        a_o, a_i, a_f, a_g = (
            x @ w_x + h @ w_h + b
            for w_x, w_h, b in zip(
                gates_of(weights["kernel"], 4),
                gates_of(weights["recurrent_kernel"], 4),
                gates_of(weights["bias"], 4),
                strict=True,
            )
        )
        o, i, f, g = sigmoid(a_o), sigmoid(a_i), sigmoid(a_f), np.tanh(a_g)
        following = f * c + i * g
        return (o * np.tanh(following), following), (x, h, c, o, i, f, g, following)

    def step_back(self, weights, memory, gradient, gradients):
        x, h, c, o, i, f, g, following = memory
        d_h, d_c = gradient
        d_c = d_c + d_h * o * (1 - np.tanh(following) ** 2)
        d_o = d_h * np.tanh(following)
        d = np.concatenate(
            [
                d_o * o * (1 - o),
                d_c * g * i * (1 - i),
                d_c * c * f * (1 - f),
                d_c * i * (1 - g**2),
            ],
            axis=1,
        )
        gradients["kernel"] += x.T @ d
        gradients["recurrent_kernel"] += h.T @ d
        gradients["bias"] += d.sum(axis=0)
        return d @ weights["kernel"].T, (d @ weights["recurrent_kernel"].T, d_c * f)


class GRU:
    def step(self, weights, x, state):
        (h,) = state
        x_z, x_r, x_n = gates_of(x @ weights["kernel"] + weights["bias"], 3)
        h_z, h_r, h_n = gates_of(h @ weights["recurrent_kernel"], 3)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        m = h_n + weights["memory_bias"]
        n = np.tanh(x_n + r * m)
        return (z * h + (1 - z) * n,), (x, h, z, r, m, n)

    def step_back(self, weights, memory, gradient, gradients):
        x, h, z, r, m, n = memory
        (d_h,) = gradient
        d_n = d_h * (1 - z) * (1 - n**2)
        d_z = d_h * (h - n) * z * (1 - z)
        d_r = d_n * m * r * (1 - r)
        d_m = d_n * r
        to_inputs = np.concatenate([d_z, d_r, d_n], axis=1)
        to_hidden = np.concatenate([d_z, d_r, d_m], axis=1)
        gradients["kernel"] += x.T @ to_inputs
        gradients["recurrent_kernel"] += h.T @ to_hidden
        gradients["bias"] += to_inputs.sum(axis=0)
        gradients["memory_bias"] += d_m.sum(axis=0)
        return (
            to_inputs @ weights["kernel"].T,
            (d_h * z + to_hidden @ weights["recurrent_kernel"].T,),
        )


def forward(cell, weights, inputs, mask, state, reverse):
    """Outputs [B, T, H], the last state, and the memory of every time."""
    length = inputs.shape[1]
    outputs, memories = [None] * length, [None] * length
    for t in reversed(range(length)) if reverse else range(length):
        real = mask[:, t, None]
        following, memories[t] = cell.step(weights, inputs[:, t], state)
        state = tuple(np.where(real, new, old) for new, old in zip(following, state, strict=True))
        outputs[t] = state[0]
    return np.stack(outputs, axis=1), state, memories


def backward(cell, weights, memories, mask, upstream, gradient, reverse):
    """Gradients of the weights, the inputs and the initial state, and ∂L/∂h_t [B, T, H]."""
    length = len(memories)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    to_inputs, totals = [None] * length, [None] * length
    for t in range(length) if reverse else reversed(range(length)):
        real = mask[:, t, None]
        gradient = (gradient[0] + upstream[:, t], *gradient[1:])
        totals[t] = gradient[0]
        acting = tuple(np.where(real, part, 0) for part in gradient)
        to_inputs[t], before = cell.step_back(weights, memories[t], acting, gradients)
        gradient = tuple(
            np.where(real, new, old) for new, old in zip(before, gradient, strict=True)
        )
    return gradients, np.stack(to_inputs, axis=1), gradient, np.stack(totals, axis=1)
