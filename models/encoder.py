"""The recurrent encoder."""

from collections.abc import Mapping
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


class RecurrentEncoder(keras.layers.Layer):
    """Layers of recurrence, each in one direction or in both.

    Call arguments:
        embedded: [B, S, E].
        mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.
        probes: zeros [B, S, H] by "encoder/LAYER/DIRECTION", see ``Recurrent``.

    Returns:
        Encoded.
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        settings = config.encoder
        self.merge = settings.merge
        self.residual_from = settings.residual_from or settings.layers + 1
        both = settings.direction == "bidirectional"
        self.directions = ("forward", "backward") if both else ("forward",)
        self.stack = [
            [recurrent(config, f"{direction}_{level}", reverse=direction == "backward")
             for direction in self.directions]
            for level in range(settings.layers)
        ]  # fmt: skip
        self.norms = [
            keras.layers.LayerNormalization(name=f"norm_{level}")
            for level in range(settings.layers if settings.layer_norm else 0)
        ]
        self.dropouts = [keras.layers.Dropout(config.dropout.outputs) for _ in self.stack]
        self.probe_names = tuple(
            f"encoder/{level}/{direction}"
            for level in range(settings.layers)
            for direction in self.directions
        )

    def call(self, embedded, mask, training=False, probes=None):
        outputs, final = embedded, []
        for level in range(len(self.stack)):
            inputs = outputs
            outputs, states = self._layer(level, inputs, mask, training, probes or {})
            outputs = self.dropouts[level](outputs, training=training)
            if level + 1 >= self.residual_from:
                outputs = outputs + inputs
            if self.norms:
                outputs = self.norms[level](outputs)
            final.append(states)
        summary = self._merged([state.h for state in final[-1]])
        return Encoded(outputs, summary, mask, tuple(final))

    def _layer(
        self, level: int, inputs: tf.Tensor, mask: tf.Tensor, training: bool, probes: Mapping
    ) -> tuple[tf.Tensor, tuple[tuple, ...]]:
        runs = [
            layer(
                inputs,
                mask,
                training=training,
                probe=probes.get(f"encoder/{level}/{direction}"),
            )
            for direction, layer in zip(self.directions, self.stack[level], strict=True)
        ]
        return self._merged([outputs for outputs, _ in runs]), tuple(state for _, state in runs)

    def _merged(self, directions: list[tf.Tensor]) -> tf.Tensor:
        return tf.concat(directions, -1) if self.merge == "concat" else tf.add_n(directions)


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
        name=name,
    )
