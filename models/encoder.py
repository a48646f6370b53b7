"""The recurrent encoder."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.config import ModelConfig
from models.recurrence import Recurrent


class Encoded(NamedTuple):
    """A source as the encoder leaves it.

    outputs: [B, S, C]; on padding, whatever the last real position left.
    mask: [B, S] boolean.
    summary: [B, C], the last state of the last layer.
    final: for each layer, for each direction, the cell's State after its last step.
    """

    outputs: tf.Tensor
    summary: tf.Tensor
    mask: tf.Tensor
    final: tuple[tuple[tuple, ...], ...]


class EncoderLayer(keras.layers.Layer):
    """One layer of recurrence in one direction or in both, and what is around it.

    Args:
        config: the model's settings.
        residual: whether the input is added to the output.

    Call arguments:
        inputs: [B, S, E], or [B, S, C] of the layer below.
        mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.
        probes: for each direction, zeros [B, S, H] or None.
        window: cuts the gradient of each direction between windows of so many steps.

    Returns:
        The outputs [B, S, C], and for each direction the cell's State after its last step.
    """

    def __init__(self, config: ModelConfig, residual: bool, **kwargs):
        super().__init__(**kwargs)
        self.merge = config.encoder.merge
        self.residual = residual
        self.directions = [
            recurrent(config, name, reverse=name == "backward") for name in directions(config)
        ]
        self.dropout = keras.layers.Dropout(config.dropout.outputs)
        self.norm = (
            keras.layers.LayerNormalization(name="norm") if config.encoder.layer_norm else None
        )
        self.built = True

    def call(self, inputs, mask, training=False, probes=None, window=None):
        probes = probes or [None] * len(self.directions)
        runs = [
            direction(inputs, mask, training=training, probe=probe, window=window)
            for direction, probe in zip(self.directions, probes, strict=True)
        ]
        outputs = self._merged([outputs for outputs, _ in runs])
        outputs = self.dropout(outputs, training=training)
        if self.residual:
            outputs = outputs + inputs
        return self._normalised(outputs), tuple(state for _, state in runs)

    def summary(self, states: tuple[tuple, ...]) -> tf.Tensor:
        """The last states as one vector [B, C], merged and normalised as outputs are."""
        return self._normalised(self._merged([state.h for state in states]))

    def _merged(self, directions: list[tf.Tensor]) -> tf.Tensor:
        return tf.concat(directions, -1) if self.merge == "concat" else tf.add_n(directions)

    def _normalised(self, outputs: tf.Tensor) -> tf.Tensor:
        return outputs if self.norm is None else self.norm(outputs)


class RecurrentEncoder(keras.layers.Layer):
    """A stack of encoder layers.

    Call arguments:
        embedded: [B, S, E].
        mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.
        probes: zeros [B, S, H] by "encoder/LAYER/DIRECTION", see ``Recurrent``.
        window: as for a layer.

    Returns:
        Encoded.
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        first_residual = config.encoder.residual_from or config.encoder.layers + 1
        self.stack = [
            EncoderLayer(config, residual=level + 1 >= first_residual, name=f"layer_{level}")
            for level in range(config.encoder.layers)
        ]
        self._probes_of_layers = [
            [f"encoder/{level}/{direction}" for direction in directions(config)]
            for level in range(config.encoder.layers)
        ]
        self.built = True

    @property
    def probe_names(self) -> tuple[str, ...]:
        """What ``probes`` may watch."""
        return tuple(name for names in self._probes_of_layers for name in names)

    def call(self, embedded, mask, training=False, probes=None, window=None):
        outputs, final = embedded, []
        for layer, names in zip(self.stack, self._probes_of_layers, strict=True):
            watched = [(probes or {}).get(name) for name in names]
            outputs, states = layer(outputs, mask, training=training, probes=watched, window=window)
            final.append(states)
        return Encoded(outputs, self.stack[-1].summary(final[-1]), mask, tuple(final))


def directions(config: ModelConfig) -> tuple[str, ...]:
    """The directions in which each layer runs."""
    both = config.encoder.direction == "bidirectional"
    return ("forward", "backward") if both else ("forward",)


def recurrent(config: ModelConfig, name: str, reverse: bool = False) -> Recurrent:
    """A recurrent layer as the model's settings describe it."""
    return Recurrent(
        config.units,
        cell=config.cell,
        gradient=config.gradient,
        reverse=reverse,
        activation=config.activation,
        kernel_initialiser=config.initialisers.kernel,
        recurrent_initialiser=config.initialisers.recurrent,
        recurrent_dropout=config.dropout.recurrent,
        recompute=config.recompute,
        name=name,
    )
