"""What a recurrent cell is.

A cell is pure: it owns no variables and keeps nothing between calls. Its weights and its state are
named tuples that are handed in. The layer owns the variables, the scan runs the cell over time.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import tensorflow as tf

from foundation.errors import UserError


class Blocks(NamedTuple):
    """A weight to be made: one block per gate, side by side along the last axis.

    Each block is initialised by itself, so that fan-in, fan-out and orthogonality are those of one
    gate.

    Args:
        shape: the shape of one block.
        initial: per block, the role of its initialiser: "kernel", "recurrent", "zeros" or "ones".
    """

    shape: tuple[int, ...]
    initial: tuple[str, ...]


class Cell(ABC):
    """A step function over a named-tuple state; autodiff derives its gradient.

    Derive from it to bring a cell of your own: name ``State``, whose first field ``h`` is the
    output, and write ``weights`` and ``step``. The scan runs it like any other cell.

    Args:
        activation: the non-linearity's name, one of ``activations``.

    Raises:
        UserError: when the cell has no such activation.
    """

    State: ClassVar[type]
    activations: ClassVar[tuple[str, ...]] = ("tanh",)

    def __init__(self, activation: str = "tanh"):
        if activation not in self.activations:
            raise UserError(
                f"The cell {type(self).__name__} has no activation '{activation}': "
                f"it takes {', '.join(self.activations)}."
            )
        self.activation = activation

    @abstractmethod
    def weights(self, inputs: int, units: int) -> tuple[Blocks, ...]:
        """The named tuple of the weights' blocks for inputs [B, E] and a state [B, H]."""

    @abstractmethod
    def step(self, weights: tuple, projected: tf.Tensor, state: tuple) -> tuple:
        """The next state, from ``project``'s rows for this step and the state of the last."""

    def project(self, weights: tuple, inputs: tf.Tensor) -> tf.Tensor:
        """What a step takes of its inputs, for all steps at once: [N, E] to [N, any].

        Work here that does not need the state becomes one large product instead of T small ones.
        """
        del weights
        return inputs

    def state_sizes(self, units: int) -> tuple[int, ...]:
        """The last axis of each part of the state."""
        return self.State(*[units] * len(self.State._fields))


class AnalyticCell(Cell):
    """A cell whose backward pass is written by hand.

    The state enters the gates by one product only, h_{t-1} W_h. Everything else is element-wise,
    so the backward pass is linear in ∂L/∂state_t with coefficients that the forward pass fixes:
    they are taken for all steps at once (``derivatives``), and the sequential part multiplies by
    them (``deltas``, ``retreat``).

    ``Kept`` is what a step leaves for the backward pass beside its states, ``kept_widths`` the
    sizes of its parts in units.
    """

    Kept: ClassVar[type]
    kept_widths: ClassVar[tuple[int, ...]]

    @abstractmethod
    def advance(
        self, weights: tuple, projected: tf.Tensor, recurrent: tf.Tensor, state: tuple
    ) -> tuple[tuple, tuple]:
        """The next state and what is kept, from x_t W_x + b, h_{t-1} W_h and the last state."""

    def gates(self, kept: tuple) -> dict[str, tf.Tensor]:
        """The gates by name, [N, H] each, of what N steps kept; none in a cell without gates."""
        del kept
        return {}

    @abstractmethod
    def derivatives(self, kept: tuple, previous: tuple, state: tuple) -> tuple:
        """The coefficients of the backward pass, of N steps from state to state, all [N, any]."""

    @abstractmethod
    def deltas(self, derivatives: tuple, gradient: tuple) -> tf.Tensor:
        """∂L/∂(h_{t-1} W_h), [N, G·H], from ∂L/∂state_t in total, a State."""

    @abstractmethod
    def retreat(self, derivatives: tuple, gradient: tuple, returned: tf.Tensor) -> tuple:
        """∂L/∂state_{t-1}, as far as step t causes it.

        Args:
            derivatives: step t's coefficients.
            gradient: ∂L/∂state_t in total.
            returned: what comes back through the recurrent product, ``deltas`` W_hᵀ [B, H].
        """

    @abstractmethod
    def weight_gradients(
        self, derivatives: tuple, gradient: tuple, inputs: tf.Tensor, hidden: tf.Tensor
    ) -> tuple[tuple, tf.Tensor]:
        """The gradient of the weights over all steps, one product for each matrix.

        Args:
            derivatives: the coefficients of all N = T·B steps.
            gradient: ∂L/∂state_t in total, [N, H] each.
            inputs: x_t, [N, E].
            hidden: h_{t-1} as the recurrent kernel saw it, [N, H].

        Returns:
            The gradient of the weights, and ∂L/∂(x_t W_x + b), the deltas [N, G·H] that the inputs
            see.
        """

    def project(self, weights: tuple, inputs: tf.Tensor) -> tf.Tensor:
        return tf.nn.bias_add(tf.matmul(inputs, weights.kernel), weights.bias)

    def step(
        self,
        weights: tuple,
        projected: tf.Tensor,
        state: tuple,
        recurrent_mask: tf.Tensor | None = None,
    ) -> tuple:
        """The next state; ``recurrent_mask`` [B, H] multiplies h_{t-1} where it enters W_h."""
        state, _ = self.advance(weights, projected, recur(weights, state.h, recurrent_mask), state)
        return state


def recur(weights: tuple, hidden: tf.Tensor, recurrent_mask: tf.Tensor | None) -> tf.Tensor:
    """h_{t-1} W_h, [B, H] to [B, G·H], with variational dropout's mask on h_{t-1}."""
    seen = hidden if recurrent_mask is None else hidden * recurrent_mask
    return tf.matmul(seen, weights.recurrent_kernel)
