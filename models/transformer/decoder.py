"""The Transformer's decoder, with cached keys and values."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.config import ModelConfig
from models.transformer.encoder import EncodedPositions
from models.transformer.positions import placed
from models.transformer.sublayers import (
    AttentionSublayer,
    FeedForward,
    Residual,
    last_norm,
    resized,
)


class KeysAndValues(NamedTuple):
    """What one attention looks at: [B, S, H] each; a cache of t target tokens [B, t, H]."""

    keys: tf.Tensor
    values: tf.Tensor


class TransformerMemory(NamedTuple):
    """A source as the decoder remembers it.

    mask: [B, S] boolean, True = real token.
    layers: for each layer, keys and values of the source.
    """

    mask: tf.Tensor
    layers: tuple[KeysAndValues, ...]


class TransformerState(NamedTuple):
    """What a decoder carries from step to step: for each layer, the target's keys and values."""

    layers: tuple[KeysAndValues, ...]


class DecoderLayer(keras.layers.Layer):
    """Attention to the target so far, attention to the source, a feed-forward network.

    Call arguments:
        states: [B, T, H].
        cache: the layer's keys and values of the t target tokens before these.
        source: the layer's keys and values of the source.
        source_mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.

    Returns:
        [B, T, H], the cache of t + T tokens, and the mean over heads of the attention to the
        source, [B, T, S].
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.self_attention = AttentionSublayer(config, name="self_attention")
        self.source_attention = AttentionSublayer(config, name="source_attention")
        self.feed_forward = FeedForward(config, name="feed_forward")
        self.residuals = [Residual(config, name=f"residual_{place}") for place in range(3)]
        self.built = True

    def remember(self, outputs: tf.Tensor) -> KeysAndValues:
        """The layer's keys and values of a source, from the encoder's outputs [B, S, H]."""
        with keras.name_scope(self.name):
            return KeysAndValues(*self.source_attention.keys_and_values(outputs))

    def call(self, states, cache, source, source_mask, training=False):
        to_self, to_source, to_feed_forward = self.residuals
        seen = to_self.entry(states)
        new = self.self_attention.keys_and_values(seen)
        visible = causal_mask(tf.shape(cache.keys)[1], tf.shape(states)[1])
        cache = KeysAndValues(
            *(tf.concat([old, now], axis=1) for old, now in zip(cache, new, strict=True))
        )
        attended, _ = self.self_attention(seen, *cache, visible)
        states = to_self(states, attended, training=training)
        attended, weights = self.source_attention(
            to_source.entry(states), *source, source_mask[:, tf.newaxis, tf.newaxis]
        )
        states = to_source(states, attended, training=training)
        change = self.feed_forward(to_feed_forward.entry(states))
        states = to_feed_forward(states, change, training=training)
        return states, cache, tf.reduce_mean(weights, axis=1)


class TransformerDecoder(keras.layers.Layer):
    """A stack of decoder layers.

    Args:
        config: the model's settings.
        features: R, the size of what comes out.

    Call arguments:
        embedded: [B, T, E], the previous target tokens.
        state: TransformerState, of ``start`` or of an earlier stretch.
        memory: of ``remember``.
        training: whether dropout is at work.
        probes: none, as there is no recurrence to watch.

    Returns:
        Features [B, T, R], the state after the last step, and the last layer's attention to the
        source [B, T, S], the mean over heads.
    """

    probe_names = ()

    def __init__(self, config: ModelConfig, features: int, **kwargs):
        super().__init__(**kwargs)
        self.width = config.units
        self.entrance = resized(config, config.embedding, config.units, "entrance")
        self.stack = [
            DecoderLayer(config, name=f"layer_{level}")
            for level in range(config.transformer.layers)
        ]
        self.norm = last_norm(config)
        self.exit = resized(config, config.units, features, "exit")
        self.built = True

    def remember(self, encoded: EncodedPositions) -> TransformerMemory:
        """Keys and values of a source, taken once."""
        with keras.name_scope(self.name):
            layers = tuple(layer.remember(encoded.outputs) for layer in self.stack)
        return TransformerMemory(encoded.mask, layers)

    def start(self, memory: TransformerMemory) -> TransformerState:
        """The state before the first step: caches without tokens."""
        nothing = tf.zeros([tf.shape(memory.mask)[0], 0, self.width], self.compute_dtype)
        return TransformerState((KeysAndValues(nothing, nothing),) * len(self.stack))

    def call(self, embedded, state, memory, training=False, probes=None):
        del probes
        before = tf.shape(state.layers[0].keys)[1]
        states, caches = placed(self.entrance(embedded), before), []
        for layer, cache, source in zip(self.stack, state.layers, memory.layers, strict=True):
            states, cache, weights = layer(states, cache, source, memory.mask, training=training)
            caches.append(cache)
        return self.exit(self.norm(states)), TransformerState(tuple(caches)), weights

    def step(self, embedded, state, memory):
        """One step of inference: embedded [N, E] to features [N, R], the state, weights [N, S]."""
        features, state, weights = self(embedded[:, tf.newaxis], state, memory)
        return features[:, 0], state, weights[:, 0]


def causal_mask(before: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """Which of before + count tokens each of the last ``count`` may see: itself and all earlier.

    Returns:
        [1, 1, count, before + count] boolean.
    """
    own = before + tf.range(count)
    return (tf.range(before + count) <= own[:, tf.newaxis])[tf.newaxis, tf.newaxis]
