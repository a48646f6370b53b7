"""Translators and corpora small enough for a test."""

from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from foundation.settings import Settings
from foundation.vocabulary import END

VOCABULARY = 9


def write_examples(folder: Path, pairs: int, shards: int, seed: int, longest: int = 7) -> list[str]:
    """Gzipped TFRecords of pairs: some ids, and the same ids reversed."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    files = [str(folder / f"examples-{i:05d}-of-{shards:05d}.gz") for i in range(shards)]
    for file in files:
        with tf.io.TFRecordWriter(file, "GZIP") as writer:
            for _ in range(pairs // shards):
                ids = random.integers(4, VOCABULARY, random.integers(1, longest)).tolist()
                writer.write(example([*ids, END], [*reversed(ids), END]))
    return files


def example(source_ids: list[int], target_ids: list[int]) -> bytes:
    """A serialised transformed example."""
    sides = {"source_ids": source_ids, "target_ids": target_ids}
    features = {
        name: tf.train.Feature(int64_list=tf.train.Int64List(value=ids))
        for name, ids in sides.items()
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


class TinySpec(Settings):
    units: int = 4
    dropout: float = 0.0
    dtype: str = "float32"


class Memory(NamedTuple):
    summary: tf.Tensor
    mask: tf.Tensor


class State(NamedTuple):
    h: tf.Tensor


class TinyTranslator(keras.Model):
    """A mean of source embeddings, and a tanh recurrence over target embeddings."""

    def __init__(self, spec: TinySpec = TinySpec()):  # noqa: B008 - settings are frozen
        super().__init__(dtype=spec.dtype)
        self.spec = spec
        self.vocabulary = VOCABULARY
        shared = {"dtype": spec.dtype}
        self.source = keras.layers.Embedding(VOCABULARY, spec.units, **shared)
        self.target = keras.layers.Embedding(VOCABULARY, spec.units, **shared)
        self.bridge = keras.layers.Dense(spec.units, activation="tanh", **shared)
        self.recurrent = keras.layers.Dense(spec.units, activation="tanh", **shared)
        self.dropout = keras.layers.Dropout(spec.dropout, **shared)
        self.out = keras.layers.Dense(VOCABULARY, **shared)
        self((tf.ones([1, 2], tf.int64), tf.ones([1, 2], tf.int64)))

    def call(self, ids, training=False, probes=None, only=None):
        source_ids, input_ids = ids
        memory = self.encode(source_ids, training)
        return self.decode(input_ids, self.start(memory), memory, training, only=only)[0]

    def encode(self, source_ids, training=False, probes=None, window=None):
        mask = source_ids != 0
        weights = tf.cast(mask, self.compute_dtype)[:, :, None]
        embedded = self.dropout(self.source(source_ids), training=training)
        return Memory(tf.reduce_sum(embedded * weights, 1), mask)

    def start(self, memory):
        return State(self.bridge(memory.summary))

    def step(self, previous_ids, state, memory, training=False):
        joined = tf.concat([self.target(previous_ids), state.h, memory.summary], axis=1)
        h = self.recurrent(joined)
        return self.out(h), State(h), tf.zeros(tf.shape(memory.mask), self.compute_dtype)

    def decode(self, input_ids, state, memory, training=False, probes=None, only=None):
        length = tf.shape(input_ids)[1]

        def body(i, h, logits):
            here, state, _ = self.step(input_ids[:, i], State(h), memory)
            return i + 1, state.h, logits.write(i, here)

        logits = tf.TensorArray(self.compute_dtype, length, element_shape=[None, VOCABULARY])
        _, h, logits = tf.while_loop(lambda i, *_: i < length, body, (0, state.h, logits))
        logits = tf.transpose(logits.stack(), [1, 0, 2])
        logits = logits if only is None else tf.boolean_mask(logits, only)
        return logits, State(h), tf.zeros([1, 1, 1], self.compute_dtype)


def tiny_translator(seed: int = 3, **spec) -> TinyTranslator:
    """A translator whose weights depend on the seed alone."""
    keras.utils.set_random_seed(seed)
    return TinyTranslator(TinySpec(**spec))


def weights_of(translator: keras.Model) -> dict[str, np.ndarray]:
    """Every variable by its place among them."""
    return {f"{i} {v.name}": v.numpy() for i, v in enumerate(translator.variables)}
