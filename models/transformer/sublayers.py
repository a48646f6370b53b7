"""The sub-layers of a Transformer layer, and the residual sum around each."""

import keras
import tensorflow as tf

from models.attention.multi_head import attend
from models.config import ModelConfig
from models.dense import Dense
from models.initialisers import initialiser


def dense(
    config: ModelConfig, units: int, name: str, activation: str | None = None, use_bias: bool = True
) -> Dense:
    """A matrix and a bias."""
    return Dense(
        units,
        activation=activation,
        use_bias=use_bias,
        kernel_initializer=initialiser(config.initialisers.kernel),
        name=name,
    )


def resized(config: ModelConfig, size: int, units: int, name: str) -> keras.layers.Layer:
    """A matrix from ``size`` to ``units``, nothing where they are equal (Lan et al. 2020, 3.1)."""
    if size == units:
        return keras.layers.Identity(name=name)
    return dense(config, units, name, use_bias=False)


class AttentionSublayer(keras.layers.Layer):
    """Multi-head attention, whose keys and values can be taken once and kept.

    Call arguments:
        queries: [B, T, H].
        keys, values: [B, S, H], of ``keys_and_values``.
        mask: boolean, broadcastable to [B, heads, T, S].

    Returns:
        [B, T, H], and the weights of the heads [B, heads, T, S].
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.heads = config.transformer.heads
        self.queries = dense(config, config.units, "queries")
        # A bias on keys shifts all energies of a query alike, and the softmax takes it out again.
        self.keys = dense(config, config.units, "keys", use_bias=False)
        self.values = dense(config, config.units, "values")
        self.join = dense(config, config.units, "join")
        self.built = True

    def keys_and_values(self, states: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """States [B, S, H] to keys and values, [B, S, H] each."""
        with keras.name_scope(self.name):
            return self.keys(states), self.values(states)

    def call(self, queries, keys, values, mask):
        attended, weights = attend(self.queries(queries), keys, values, mask, self.heads)
        return self.join(attended), weights


class FeedForward(keras.layers.Layer):
    """relu(x W_1 + b_1) W_2 + b_2 at each position: [B, T, H] to [B, T, H]."""

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.widen = dense(config, config.transformer.feed_forward, "widen", "relu")
        self.narrow = dense(config, config.units, "narrow")
        self.built = True

    def call(self, states):
        return self.narrow(self.widen(states))


class Residual(keras.layers.Layer):
    """The sum around a sub-layer f.

    x + f(norm(x)) with norm "pre" (Xiong et al. 2020), norm(x + f(x)) with norm "post": f gets
    ``entry(x)``, and the call adds what it makes of that.

    Call arguments:
        states: x, [B, T, H].
        change: what f put out, [B, T, H].
        training: whether dropout on the change is at work.
    """

    def __init__(self, config: ModelConfig, **kwargs):
        super().__init__(**kwargs)
        self.pre = config.transformer.norm == "pre"
        self.norm = keras.layers.LayerNormalization(name="norm")
        self.dropout = keras.layers.Dropout(config.dropout.outputs)
        self.built = True

    def entry(self, states: tf.Tensor) -> tf.Tensor:
        """What the sub-layer sees of the states."""
        with keras.name_scope(self.name):
            return self.norm(states) if self.pre else states

    def call(self, states, change, training=False):
        total = states + self.dropout(change, training=training)
        return total if self.pre else self.norm(total)


def last_norm(config: ModelConfig) -> keras.layers.Layer:
    """What a stack ends with: with "pre" its residual sums have not been normalised yet."""
    if config.transformer.norm == "pre":
        return keras.layers.LayerNormalization(name="last_norm")
    return keras.layers.Identity(name="last_norm")
