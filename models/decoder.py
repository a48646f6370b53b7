"""The recurrent decoder."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.attention import attentions
from models.attention.attention import Sight
from models.attention.coverage import Coverage
from models.bridge import BRIDGES
from models.config import ModelConfig
from models.dense import Dense
from models.encoder import Encoded, recurrent
from models.initialisers import initialiser
from models.unroll import unroll


class Memory(NamedTuple):
    """A source as the decoder remembers it.

    sight: what attention looks at.
    mask: [B, S] boolean, True = real token.
    initial: the first State of each layer.
    """

    sight: Sight
    mask: tf.Tensor
    initial: tuple[tuple, ...]


class DecoderState(NamedTuple):
    """What a decoder carries from step to step.

    cells: the State of each layer.
    attentional: [B, R], the attentional vector that input feeding feeds; () without it.
    coverage: [B, S, 1], the weights that each position has had; () without it.
    """

    cells: tuple[tuple, ...]
    attentional: tf.Tensor | tuple
    coverage: tf.Tensor | tuple


class RecurrentDecoder(keras.layers.Layer):
    """Layers of recurrence, attention, and the attentional vector tanh(W [h_t; c_t]).

    Without input feeding the layers run as one scan each, and attention looks from all steps at
    once. With it, each step waits for the attentional vector of the last one.

    Args:
        config: the model's settings.
        features: R, the size of the attentional vector.

    Call arguments:
        embedded: [B, T, E], the previous target tokens.
        state: DecoderState, of ``start`` or of an earlier stretch.
        memory: of ``remember``.
        training: whether dropout is at work.
        probes: zeros [B, T, H] by "decoder/LAYER", see ``Recurrent``.

    Returns:
        The attentional vectors [B, T, R], the state after the last step, and the attention's
        weights [B, T, S].
    """

    def __init__(self, config: ModelConfig, features: int, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.input_feeding = config.decoder.input_feeding
        width = config.embedding + (features if self.input_feeding else 0)
        self.stack = []
        for level in range(config.decoder.layers):
            layer = recurrent(config, f"layer_{level}")
            with keras.name_scope(self.name):
                layer.build((None, None, width if level == 0 else config.units))
            self.stack.append(layer)
        self.dropout = keras.layers.Dropout(config.dropout.outputs)
        self.bridge = BRIDGES[config.bridge](config, self.stack[0].state_sizes, name="bridge")
        self.attention = attentions[config.attention](
            config.attention_units or config.units,
            config.attention_heads,
            config.initialisers.kernel,
            name="attention",
        )
        self.coverage = (
            Coverage(config.initialisers.kernel, name="coverage") if config.coverage else None
        )
        self.readout = Dense(
            features,
            activation="tanh",
            kernel_initializer=initialiser(config.initialisers.kernel),
            name="readout",
        )
        self.probe_names = tuple(f"decoder/{level}" for level in range(config.decoder.layers))
        self.built = True

    def remember(self, encoded: Encoded) -> Memory:
        """What decoding needs of a source, taken once."""
        with keras.name_scope(self.name):
            initial = self.bridge(encoded)
            with keras.name_scope(self.attention.name):
                sight = self.attention.see(encoded.outputs, encoded.summary)
        return Memory(sight, encoded.mask, initial)

    def start(self, memory: Memory) -> DecoderState:
        """The state before the first step."""
        rows, positions = tf.unstack(tf.shape(memory.mask))
        return DecoderState(
            cells=memory.initial,
            attentional=tf.zeros([rows, self.features], self.compute_dtype)
            if self.input_feeding
            else (),
            coverage=tf.zeros([rows, positions, 1], self.compute_dtype) if self.coverage else (),
        )

    def call(self, embedded, state, memory, training=False, probes=None):
        watched = [(probes or {}).get(name) for name in self.probe_names]
        stretch = self._step_by_step if self.input_feeding else self._at_once
        attentional, state, weights = stretch(embedded, state, memory, training, watched)
        return self.dropout(attentional, training=training), state, weights

    def step(self, embedded, state, memory):
        """One step of inference: embedded [N, E] to vectors [N, R], the state, weights [N, S]."""
        levels = len(self.stack)
        return self._advance(embedded, state, memory, False, [None] * levels, [()] * levels)

    def _at_once(self, embedded, state, memory, training, probes):
        hidden, cells = embedded, []
        for level, layer in enumerate(self.stack):
            hidden = self.dropout(hidden, training=training) if level else hidden
            hidden, cell = layer(
                hidden, initial_state=state.cells[level], training=training, probe=probes[level]
            )
            cells.append(cell)
        attentional, weights, coverage = self._look(hidden, memory, state.coverage)
        return attentional, DecoderState(tuple(cells), (), coverage), weights

    def _step_by_step(self, embedded, state, memory, training, probes):
        rows = tf.shape(embedded)[0]
        masks = [layer.recurrent_mask(rows) if training else None for layer in self.stack]

        def step(inputs, state):
            embedded, probes = inputs
            attentional, state, weights = self._advance(
                embedded, state, memory, training, masks, probes
            )
            return (attentional, weights), state

        probes = tuple(() if probe is None else (probe,) for probe in probes)
        like = (state.attentional, tf.cast(memory.mask, self.compute_dtype))
        (attentional, weights), state = unroll(step, (embedded, probes), state, like)
        return attentional, state, weights

    def _advance(self, embedded, state, memory, training, masks, probes):
        """One step; ``masks`` of recurrent dropout and ``probes`` (none or one) for each layer."""
        fed = [state.attentional] if self.input_feeding else []
        hidden, cells = tf.concat([embedded, *fed], -1), []
        for level, layer in enumerate(self.stack):
            hidden = self.dropout(hidden, training=training) if level else hidden
            hidden, cell = layer.step(hidden, state.cells[level], masks[level])
            hidden = tf.add_n([hidden, *probes[level]])
            cells.append(cell._replace(h=hidden))
        attentional, weights, coverage = self._look(hidden[:, tf.newaxis], memory, state.coverage)
        attentional = attentional[:, 0]
        state = DecoderState(tuple(cells), attentional if self.input_feeding else (), coverage)
        return attentional, state, weights[:, 0]

    def _look(self, hidden, memory, coverage):
        """From states [B, T, H] to attentional vectors [B, T, R], weights and coverage."""
        if self.coverage is None:
            context, weights = self.attention(hidden, memory.sight, memory.mask)
        else:
            context, weights, coverage = self.coverage.look(
                self.attention, hidden, memory.sight, memory.mask, coverage
            )
        return self.readout(tf.concat([hidden, context], -1)), weights, coverage
