"""The Transformer's encoder."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.config import ModelConfig
from models.transformer.positions import placed
from models.transformer.sublayers import (
    AttentionSublayer,
    FeedForward,
    Residual,
    last_norm,
    resized,
)


class EncodedPositions(NamedTuple):
    """A source as the encoder leaves it: outputs [B, S, H] and mask [B, S] boolean."""

    outputs: tf.Tensor
    mask: tf.Tensor


class EncoderLayer(keras.layers.Layer):
    """Self-attention, then a feed-forward network.

    Call arguments:
        states: [B, S, H].
        mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.

    Returns:
        [B, S, H].
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.attention = AttentionSublayer(config, name="attention")
        self.feed_forward = FeedForward(config, name="feed_forward")
        self.residuals = [Residual(config, name=f"residual_{place}") for place in range(2)]
        self.built = True

    def call(self, states, mask, training=False):
        to_self, to_feed_forward = self.residuals
        seen = to_self.entry(states)
        attended, _ = self.attention(
            seen, *self.attention.keys_and_values(seen), mask[:, tf.newaxis, tf.newaxis]
        )
        states = to_self(states, attended, training=training)
        change = self.feed_forward(to_feed_forward.entry(states))
        return to_feed_forward(states, change, training=training)


class TransformerEncoder(keras.layers.Layer):
    """A stack of encoder layers.

    Call arguments:
        embedded: [B, S, E].
        mask: [B, S] boolean, True = real token.
        training: whether dropout is at work.
        probes, window: none, as there is no recurrence to watch or to cut.

    Returns:
        EncodedPositions.
    """

    probe_names = ()

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.entrance = resized(config, config.embedding, config.units, "entrance")
        self.stack = [
            EncoderLayer(config, name=f"layer_{level}")
            for level in range(config.transformer.layers)
        ]
        self.norm = last_norm(config)
        self.built = True

    def call(self, embedded, mask, training=False, probes=None, window=None):
        del probes, window
        states = placed(self.entrance(embedded))
        for layer in self.stack:
            states = layer(states, mask, training=training)
        return EncodedPositions(self.norm(states), mask)
