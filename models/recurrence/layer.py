"""The recurrent layer: a cell's variables, and the scan over them."""

import keras
import tensorflow as tf

from foundation.errors import UserError
from models.initialisers import initialiser
from models.recurrence.cell import Blocks
from models.recurrence.cells import cells
from models.recurrence.scan import Gradient, scan


class Recurrent(keras.layers.Layer):
    """One recurrent layer in one direction.

    Args:
        units: H.
        cell: "simple", "lstm", "gru", or a Cell of your own as "package.module:Class".
        gradient: "analytic" for the backward pass by hand, "autodiff" for the tape's.
        reverse: run from the last time step to the first.
        activation: the cell's non-linearity; only the simple cell has a choice.
        kernel_initialiser: for W_x, a name of ``models.initialisers``.
        recurrent_initialiser: for W_h.
        recurrent_dropout: the rate at which h_{t-1} is dropped where it enters W_h, in training,
            with one mask per sequence (Gal and Ghahramani 2016).
        recompute: spend time on memory in the backward pass, see ``scan``.

    Call arguments:
        inputs: [B, T, E].
        mask: [B, T] boolean, True = real token.
        initial_state: the cell's State; zeros if None.
        training: whether recurrent dropout is at work.
        probe: zeros [B, T, H] whose gradient is the total ∂L/∂h_t.
        window: cuts the gradient between windows of so many steps, see ``scan``.

    Returns:
        The outputs [B, T, H] and the cell's State after the last step.

    Raises:
        UserError: for a name that does not exist, or a setting that the cell does not have.

    Example:
        >>> layer = Recurrent(512, cell="lstm")
        >>> outputs, state = layer(tf.zeros([64, 16, 256]))
        >>> outputs.shape, state.c.shape
        (TensorShape([64, 16, 512]), TensorShape([64, 512]))
    """

    def __init__(
        self,
        units: int,
        cell: str = "gru",
        gradient: Gradient = "analytic",
        reverse: bool = False,
        activation: str = "tanh",
        kernel_initialiser: str = "glorot",
        recurrent_initialiser: str = "orthogonal",
        recurrent_dropout: float = 0.0,
        recompute: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if gradient not in ("analytic", "autodiff"):
            raise UserError(f"Unknown gradient '{gradient}': there are analytic, autodiff.")
        self.units = units
        self.cell_name = cell
        self.cell = cells[cell](activation)
        self.gradient = gradient
        self.reverse = reverse
        self.kernel_initialiser = kernel_initialiser
        self.recurrent_initialiser = recurrent_initialiser
        self.recurrent_dropout = recurrent_dropout
        self.recompute = recompute
        self.supports_masking = True
        self._seeds = keras.random.SeedGenerator() if recurrent_dropout else None

    def build(self, input_shape, *_):
        blocks = self.cell.weights(input_shape[-1], self.units)
        self._variables_by_name = {
            name: self.add_weight(
                name=name,
                shape=(*block.shape[:-1], len(block.initial) * block.shape[-1]),
                initializer=self._side_by_side(block),
            )
            for name, block in blocks._asdict().items()
        }
        self._weights_type = type(blocks)

    def _side_by_side(self, blocks: Blocks):
        roles = {
            "kernel": lambda: initialiser(self.kernel_initialiser),
            "recurrent": lambda: initialiser(self.recurrent_initialiser),
            "zeros": keras.initializers.Zeros,
            "ones": keras.initializers.Ones,
        }

        def initial(shape, dtype=None):
            del shape
            return tf.concat([roles[role]()(blocks.shape, dtype) for role in blocks.initial], -1)

        return initial

    def call(self, inputs, mask=None, initial_state=None, training=False, probe=None, window=None):
        batch = tf.shape(inputs)[0]
        return scan(
            self.cell,
            self.weight_tensors(),
            inputs,
            mask,
            self.zero_state(batch) if initial_state is None else initial_state,
            reverse=self.reverse,
            gradient=self.gradient,
            probe=probe,
            window=window,
            recompute=self.recompute,
            recurrent_mask=self.recurrent_mask(batch) if training else None,
        )

    def step(self, inputs, state, recurrent_mask=None):
        """One step without a scan: inputs [B, E] and a State to h_t [B, H] and the next State."""
        weights = self.weight_tensors()
        constants = {} if recurrent_mask is None else {"recurrent_mask": recurrent_mask}
        projected = self.cell.project(weights, tf.cast(inputs, self.compute_dtype))
        state = self.cell.step(weights, projected, state, **constants)
        return state.h, state

    def recurrent_mask(self, batch: int | tf.Tensor) -> tf.Tensor | None:
        """A new mask of recurrent dropout [B, H], or None when there is none."""
        if not self.recurrent_dropout:
            return None
        ones = tf.ones([batch, self.units], self.compute_dtype)
        return keras.random.dropout(ones, self.recurrent_dropout, seed=self._seeds)

    def weight_tensors(self) -> tuple:
        """The cell's Weights as tensors of the layer's compute type."""
        return self._weights_type(
            **{
                name: tf.cast(variable, self.compute_dtype)
                for name, variable in self._variables_by_name.items()
            }
        )

    @property
    def state_sizes(self) -> tuple:
        """The last axis of each part of the state, as a State of numbers."""
        return self.cell.state_sizes(self.units)

    def zero_state(self, batch: int | tf.Tensor, dtype: tf.DType | str | None = None) -> tuple:
        """A State of zeros, [B, H] each."""
        dtype = dtype or self.compute_dtype
        return type(self.state_sizes)(
            *[tf.zeros([batch, size], dtype) for size in self.state_sizes]
        )

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "cell": self.cell_name,
            "gradient": self.gradient,
            "reverse": self.reverse,
            "activation": self.cell.activation,
            "kernel_initialiser": self.kernel_initialiser,
            "recurrent_initialiser": self.recurrent_initialiser,
            "recurrent_dropout": self.recurrent_dropout,
            "recompute": self.recompute,
        }
